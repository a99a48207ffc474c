import { ANNOTATIONS } from '../cluster/annotations.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { Veto } from './reasons.ts'
import type { VetoContext } from './veto-context.ts'

/** The first of pod, workload and namespace that says anything decides; who says nothing is left alone where only opting in counts. */
export function optedOut(pod: PodRecord, { cluster, owners, policy }: VetoContext): Veto | undefined {
  const namespace = cluster.get('Namespace', pod.namespace)
  const levels = [
    { of: undefined, annotations: pod.annotations },
    { of: owners.controller, annotations: owners.controller?.annotations },
    { of: owners.top, annotations: owners.top?.annotations },
    { of: namespace, annotations: namespace?.annotations },
  ]
  for (const { of, annotations } of levels) {
    const value = annotations?.get(ANNOTATIONS.evict)
    if (value === 'true') return undefined
    if (value === undefined) continue
    const where = of === undefined ? 'the pod' : `${of.kind === 'Namespace' ? 'namespace' : of.kind} ${of.name}`
    return { reason: 'OptedOut', message: `${ANNOTATIONS.evict} is "${value}" on ${where}` }
  }
  if (!policy.optIn) return undefined
  return { reason: 'NotOptedIn', message: `neither it nor its workload nor its namespace says ${ANNOTATIONS.evict}: "true"` }
}

export function otherToolsOptOut(pod: PodRecord, { policy }: VetoContext): Veto | undefined {
  const heeded = (name: (typeof policy.heededAnnotations)[number]): string | undefined =>
    policy.heededAnnotations.includes(name) ? pod.annotations.get(name) : undefined
  const doNotDisrupt = heeded(ANNOTATIONS.doNotDisrupt)
  if (doNotDisrupt !== undefined && doNotDisrupt !== 'false') {
    return { reason: 'DoNotDisrupt', message: `${ANNOTATIONS.doNotDisrupt} is "${doNotDisrupt}"` }
  }
  if (heeded(ANNOTATIONS.safeToEvict) === 'false') {
    return { reason: 'NotSafeToEvict', message: `${ANNOTATIONS.safeToEvict} is "false"` }
  }
  if (heeded(ANNOTATIONS.preferNoEviction) !== undefined) {
    return { reason: 'PrefersNoEviction', message: `${ANNOTATIONS.preferNoEviction} is set` }
  }
  return undefined
}
