import type { NodeRecord } from '../cluster/node.ts'
import type { PodRecord, PodSpec, WhenUnsatisfiable } from '../cluster/pod.ts'
import { matchesRequiredNodeAffinity } from '../scheduling/node-affinity.ts'
import type { EffectiveConstraint, SchedulerModel } from '../scheduling/scheduler-model.ts'
import { repellingTaint, toleratesCordon } from '../scheduling/taints.ts'

/** The node is cordoned, and the pod does not tolerate it (NodeUnschedulable). */
export function isCordonedFor(node: NodeRecord, { tolerations }: PodSpec): boolean {
  return node.unschedulable && !toleratesCordon(tolerations)
}

/** Would the node have the pod as far as cordon, taints, node affinity and the keys of hard constraints go? What soft ones count domains by. */
export function wouldHave(node: NodeRecord, spec: PodSpec, hardKeys: readonly string[]): boolean {
  return (
    !isCordonedFor(node, spec) &&
    repellingTaint(node.taints, spec.tolerations) === undefined &&
    matchesRequiredNodeAffinity(spec, node) &&
    hardKeys.every(key => node.labels.has(key))
  )
}

/** One text for pods that the same nodes would have. */
export function whatIsAsked({ tolerations, nodeSelector, requiredNodeAffinity }: PodSpec, hardKeys: readonly string[]): string {
  return JSON.stringify([tolerations, [...nodeSelector], requiredNodeAffinity, hardKeys])
}

/** Of the constraints that bind the pod, be they cluster defaults; where no profile of its scheduler is known, of those that it writes itself. */
export function hardKeysOf(model: Pick<SchedulerModel, 'profileOf' | 'constraintsOf'>, pod: PodRecord): readonly string[] {
  if (model.profileOf(pod) === undefined) return keysOf(pod.spec, 'DoNotSchedule')
  return model.constraintsOf(pod).flatMap(each => (each.whenUnsatisfiable === 'DoNotSchedule' ? [each.topologyKey] : []))
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
