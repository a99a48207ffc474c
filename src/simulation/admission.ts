import type { RawObject } from './object-store.ts'
import type { Objects } from './objects.ts'
import { TAINTS } from './controllers/node-taints.ts'
import { withTopologyLabels } from './pod-binding.ts'
import { findCondition } from './conditions.ts'
import type { NodeObject, PodObject, PriorityClassObject, WirePodSpec, WireSpreadConstraint, WireToleration } from './wire-objects.ts'

/** Priorities of the two classes that every cluster has. */
const SYSTEM_PRIORITIES: ReadonlyMap<string, number> = new Map([
  ['system-cluster-critical', 2_000_000_000],
  ['system-node-critical', 2_000_001_000],
])

/**
 * What the API server makes of an object before it stores it: the defaults and admission plugins that change where pods go and when they
 * leave. Everything else is taken as it comes, unvalidated.
 *
 * @param objects where priority classes, and nodes of pods that come bound, are looked up
 * @param tolerationMs how long pods put up with a node that is not ready or unreachable (DefaultTolerationSeconds)
 */
export function admit(resource: string, object: RawObject, objects: Pick<Objects, 'get' | 'list'>, tolerationMs: number): RawObject {
  switch (resource) {
    case 'pods':
      return withTopologyLabels(admitPod(object, objects.list('priorityclasses'), tolerationMs), objects)
    case 'nodes':
      return admitNode(object)
    default:
      return object
  }
}

function admitPod(pod: PodObject, classes: readonly PriorityClassObject[], tolerationMs: number): PodObject {
  const spec = pod.spec ?? {}
  return {
    ...pod,
    spec: {
      ...spec,
      ...priorityOf(spec, classes),
      schedulerName: spec.schedulerName ?? 'default-scheduler',
      restartPolicy: spec.restartPolicy ?? 'Always',
      terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
      tolerations: withDefaultTolerations(spec.tolerations ?? [], tolerationMs / 1_000),
      ...(spec.topologySpreadConstraints === undefined
        ? {}
        : { topologySpreadConstraints: spec.topologySpreadConstraints.map(constraint => withMatchLabelKeys(constraint, pod)) }),
    },
    status: { ...pod.status, phase: pod.status?.phase ?? 'Pending' },
  }
}

/** plugin/pkg/admission/priority: the class decides; without one the global default, or 0. */
function priorityOf(spec: WirePodSpec, classes: readonly PriorityClassObject[]): Pick<WirePodSpec, 'priority' | 'preemptionPolicy'> {
  const name = spec.priorityClassName
  const found = classes.find(candidate => (name === undefined ? candidate.globalDefault === true : candidate.metadata.name === name))
  return {
    priority: found?.value ?? (name === undefined ? undefined : SYSTEM_PRIORITIES.get(name)) ?? spec.priority ?? 0,
    preemptionPolicy: found?.preemptionPolicy ?? spec.preemptionPolicy ?? 'PreemptLowerPriority',
  }
}

/** plugin/pkg/admission/defaulttolerationseconds: only where the pod does not say anything about that taint. */
function withDefaultTolerations(tolerations: readonly WireToleration[], tolerationSeconds: number): readonly WireToleration[] {
  const missing = [TAINTS.notReady, TAINTS.unreachable].filter(
    key => !tolerations.some(t => ((t.key ?? '') === '' || t.key === key) && ((t.effect ?? '') === '' || t.effect === 'NoExecute')),
  )
  return [...tolerations, ...missing.map(key => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds }) as const)]
}

/** MatchLabelKeysInPodTopologySpreadSelectorMerge, on since 1.34: the pod's own values go into the selector, if there is one. */
function withMatchLabelKeys(constraint: WireSpreadConstraint, pod: PodObject): WireSpreadConstraint {
  if (constraint.labelSelector === undefined) return constraint
  const merged = (constraint.matchLabelKeys ?? []).flatMap(key => {
    const value = pod.metadata.labels?.[key]
    return value === undefined ? [] : [{ key, operator: 'In', values: [value] }]
  })
  if (merged.length === 0) return constraint
  const { labelSelector } = constraint
  return { ...constraint, labelSelector: { ...labelSelector, matchExpressions: [...(labelSelector.matchExpressions ?? []), ...merged] } }
}

/** plugin/pkg/admission/nodetaint: nothing is scheduled on a new node before it has been reported Ready. */
function admitNode(node: NodeObject): NodeObject {
  if (findCondition(node.status?.conditions, 'Ready')?.status === 'True') return node
  const taints = node.spec?.taints ?? []
  if (taints.some(taint => taint.key === TAINTS.notReady && taint.effect === 'NoSchedule')) return node
  return { ...node, spec: { ...node.spec, taints: [...taints, { key: TAINTS.notReady, effect: 'NoSchedule' }] } }
}
