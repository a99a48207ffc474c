import type { NodeRecord } from '../cluster/node.ts'
import type { Taint } from '../cluster/node-selector.ts'
import type { PodSpec, WhenUnsatisfiable } from '../cluster/pod.ts'
import { matchesRequiredNodeAffinity } from '../scheduling/node-affinity.ts'
import type { EffectiveConstraint } from '../scheduling/scheduler-model.ts'
import { isTolerated, repellingTaint } from '../scheduling/taints.ts'

const CORDON: Taint = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' }

/** The node is cordoned, and the pod does not tolerate it (NodeUnschedulable). */
export function isCordonedFor(node: NodeRecord, { tolerations }: PodSpec): boolean {
  return node.unschedulable && !isTolerated(CORDON, tolerations)
}

/** Would the node have the pod as far as cordon, taints, node affinity and the keys of hard constraints go? What soft ones count domains by. */
export function wouldHave(node: NodeRecord, spec: PodSpec): boolean {
  return (
    !isCordonedFor(node, spec) &&
    repellingTaint(node.taints, spec.tolerations) === undefined &&
    matchesRequiredNodeAffinity(spec, node) &&
    keysOf(spec, 'DoNotSchedule').every(key => node.labels.has(key))
  )
}

/** One text for specs that the same nodes would have. */
export function whatIsAsked(spec: PodSpec): string {
  return JSON.stringify([spec.tolerations, [...spec.nodeSelector], spec.requiredNodeAffinity, keysOf(spec, 'DoNotSchedule')])
}

function keysOf({ topologySpreadConstraints }: PodSpec, sort: WhenUnsatisfiable): readonly string[] {
  return topologySpreadConstraints.flatMap(({ topologyKey, whenUnsatisfiable }) => (whenUnsatisfiable === sort ? [topologyKey] : []))
}

/**
 * Would the node count for the constraint but for its `node.kubernetes.io/*` taints? Those are what an outage or a cordon puts there, so a domain
 * that is down still touches every group that spreads over it when it is up.
 */
export function countsButForNodeTaints(node: NodeRecord, spec: PodSpec, constraint: EffectiveConstraint): boolean {
  const keys = [constraint.topologyKey, ...keysOf(spec, constraint.whenUnsatisfiable)]
  if (!keys.every(key => node.labels.has(key))) return false
  if (constraint.nodeAffinityPolicy === 'Honor' && !matchesRequiredNodeAffinity(spec, node)) return false
  const lasting = node.taints.filter(({ key }) => !key.startsWith('node.kubernetes.io/'))
  const readsTaints = constraint.nodeTaintsPolicy === 'Honor' || constraint.whenUnsatisfiable === 'ScheduleAnyway'
  return !readsTaints || repellingTaint(lasting, spec.tolerations) === undefined
}
