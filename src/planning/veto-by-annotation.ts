import { ANNOTATIONS } from '../cluster/annotations.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { Veto } from './reasons.ts'
import type { VetoContext } from './veto-context.ts'

export function optedOut(pod: PodRecord, { cluster, owners }: VetoContext): Veto | undefined {
  const namespace = cluster.get('Namespace', pod.namespace)
  const levels = [
    { where: 'the pod', annotations: pod.annotations },
    { where: `${owners.controller?.kind} ${owners.controller?.name}`, annotations: owners.controller?.annotations },
    { where: `${owners.top?.kind} ${owners.top?.name}`, annotations: owners.top?.annotations },
    { where: `namespace ${pod.namespace}`, annotations: namespace?.annotations },
  ]
  for (const { where, annotations } of levels) {
    const value = annotations?.get(ANNOTATIONS.evict)
    if (value === 'true') return undefined
    if (value !== undefined) return { reason: 'OptedOut', message: `${ANNOTATIONS.evict} is "${value}" on ${where}` }
  }
  return undefined
}

export function otherToolsOptOut(pod: PodRecord): Veto | undefined {
  const doNotDisrupt = pod.annotations.get(ANNOTATIONS.doNotDisrupt)
  if (doNotDisrupt !== undefined && doNotDisrupt !== 'false') {
    return { reason: 'DoNotDisrupt', message: `${ANNOTATIONS.doNotDisrupt} is "${doNotDisrupt}"` }
  }
  if (pod.annotations.get(ANNOTATIONS.safeToEvict) === 'false') {
    return { reason: 'NotSafeToEvict', message: `${ANNOTATIONS.safeToEvict} is "false"` }
  }
  if (pod.annotations.has(ANNOTATIONS.preferNoEviction)) {
    return { reason: 'PrefersNoEviction', message: `${ANNOTATIONS.preferNoEviction} is set` }
  }
  return undefined
}
