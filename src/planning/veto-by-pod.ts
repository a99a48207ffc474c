import { ANNOTATIONS } from '../cluster/annotations.ts'
import { durationText } from '../cluster/duration-text.ts'
import { matchesLabels } from '../cluster/label-selector.ts'
import { selectorText } from '../cluster/selector-text.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { isAllowedKind, isNamesake, qualified } from './owner-kinds.ts'
import type { Veto } from './reasons.ts'
import type { VetoContext } from './veto-context.ts'

export function isNotSelected(pod: PodRecord, { policy }: VetoContext): Veto | undefined {
  if (matchesLabels(policy.podSelector, pod.labels)) return undefined
  return {
    reason: 'PodNotSelected',
    message: `the configuration selects pods by ${selectorText(policy.podSelector)}, and it has other labels`,
  }
}

export function isMirror(pod: PodRecord): Veto | undefined {
  if (!pod.annotations.has(ANNOTATIONS.mirror) && pod.controller?.kind !== 'Node') return undefined
  return { reason: 'MirrorPod', message: 'it is a static pod of its node' }
}

export function belongsToItsNode(pod: PodRecord): Veto | undefined {
  if (pod.controller?.kind !== 'DaemonSet') return undefined
  return { reason: 'DaemonSetPod', message: `DaemonSet ${pod.controller.name} wants one pod on each node` }
}

export function isJob({ controller }: PodRecord, { policy }: VetoContext): Veto | undefined {
  if (controller?.kind !== 'Job' || isAllowedKind(controller, policy)) return undefined
  return { reason: 'JobPod', message: `evicting it would lose the work of Job ${controller.name}` }
}

export function hasNoController(pod: PodRecord): Veto | undefined {
  return pod.controller === undefined ? { reason: 'NoController', message: 'no controller would replace it' } : undefined
}

export function ownerKindIsNotAllowed({ controller }: PodRecord, { policy }: VetoContext): Veto | undefined {
  if (controller === undefined || isAllowedKind(controller, policy)) return undefined
  const called = isNamesake(controller) ? qualified(controller) : controller.kind
  return { reason: 'OwnerKindNotAllowed', message: `pods of a ${called} are not moved; allowed are ${policy.ownerKinds.join(', ')}` }
}

export function isTerminating(pod: PodRecord): Veto | undefined {
  return pod.deletedAt === undefined ? undefined : { reason: 'Terminating', message: 'it is being deleted already' }
}

// The Eviction API deletes a Pending pod without looking at any budget, so evicting one is never an innocent retry.
export function isPending(pod: PodRecord): Veto | undefined {
  if (pod.nodeName !== undefined && pod.phase !== 'Pending') return undefined
  return { reason: 'Pending', message: pod.nodeName === undefined ? 'it is not scheduled yet' : 'it has not started yet' }
}

export function isTooYoung(pod: PodRecord, { policy, now }: VetoContext): Veto | undefined {
  const age = now - pod.createdAt
  if (age >= policy.minimumPodAge) return undefined
  // Of a second that is not over nothing counts: 59.7 s must not read as the minimum.
  const wholeSeconds = Math.floor(age / 1000) * 1000
  return {
    reason: 'TooYoung',
    message: `it is ${durationText(wholeSeconds)} old, the minimum is ${durationText(policy.minimumPodAge)}`,
  }
}

export function isSystemCritical(pod: PodRecord, { policy }: VetoContext): Veto | undefined {
  if (pod.spec.priority < policy.priorityThreshold) return undefined
  return { reason: 'SystemCritical', message: `its priority ${pod.spec.priority} is not below the threshold ${policy.priorityThreshold}` }
}

/** The API server refuses such pods (ValidateSpreadConstraintNotRepeat in validation.go, 1.36): whoever shows one is not to be relied on. */
export function repeatsConstraint({ spec: { topologySpreadConstraints: all } }: PodRecord): Veto | undefined {
  const repeated = all.find(({ topologyKey, whenUnsatisfiable }, index) =>
    all.slice(0, index).some(other => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable),
  )
  if (repeated === undefined) return undefined
  const { topologyKey, whenUnsatisfiable } = repeated
  return { reason: 'CannotPredict', message: `it has two constraints over ${topologyKey} with ${whenUnsatisfiable}; legal is one` }
}

export function hasLocalStorage(pod: PodRecord, { policy }: VetoContext): Veto | undefined {
  if (policy.allowLocalStorage || pod.spec.localVolumes.length === 0) return undefined
  const safe = new Set((pod.annotations.get(ANNOTATIONS.safeToEvictLocalVolumes) ?? '').split(',').map(name => name.trim()))
  const unsafe = pod.spec.localVolumes.find(volume => !safe.has(volume.name))
  if (unsafe === undefined) return undefined
  return { reason: 'LocalStorage', message: `its data in volume ${unsafe.name} (${unsafe.kind}) would be lost` }
}
