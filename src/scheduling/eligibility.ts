import { compareText } from '../cluster/compare-text.ts'
import type { NodeRecord } from '../cluster/node.ts'
import type { PodRecord, PodSpec } from '../cluster/pod.ts'
import { matchesRequiredNodeAffinity } from './node-affinity.ts'
import type { SchedulerProfile } from './profile.ts'
import type { EffectiveConstraint } from './scheduler-model.ts'
import { needsAllSoftKeys } from './spread-constraints.ts'
import { repellingTaint } from './taints.ts'

/**
 * Which nodes count for a constraint of a pod: those with the keys of all its constraints of the same sort (hard or soft) that the
 * constraint's inclusion policies let in (podtopologyspread/common.go, 1.36). Equal `id`s admit equal nodes.
 */
export interface Eligibility {
  readonly id: string
  admits(node: NodeRecord): boolean
}

/** `all` are the pod's constraints, of which `constraint` is one. */
export function eligibilityFor(
  profile: SchedulerProfile,
  pod: PodRecord,
  all: readonly EffectiveConstraint[],
  constraint: EffectiveConstraint,
): Eligibility {
  const { spec } = pod
  const keys = requiredKeys(profile, pod, all, constraint)
  const readsAffinity = constraint.nodeAffinityPolicy === 'Honor' && (spec.nodeSelector.size > 0 || spec.requiredNodeAffinity !== undefined)
  const readsTaints = constraint.nodeTaintsPolicy === 'Honor'
  return {
    id: JSON.stringify([keys, readsAffinity && affinityParts(spec), readsTaints && spec.tolerations]),
    admits: node =>
      keys.every(key => node.labels.has(key)) &&
      (!readsAffinity || matchesRequiredNodeAffinity(spec, node)) &&
      (!readsTaints || repellingTaint(node.taints, spec.tolerations) === undefined),
  }
}

function requiredKeys(
  profile: SchedulerProfile,
  pod: PodRecord,
  all: readonly EffectiveConstraint[],
  { whenUnsatisfiable }: EffectiveConstraint,
): readonly string[] {
  if (whenUnsatisfiable === 'ScheduleAnyway' && !needsAllSoftKeys(profile, pod)) return []
  const keys = all.filter(other => other.whenUnsatisfiable === whenUnsatisfiable).map(({ topologyKey }) => topologyKey)
  return [...new Set(keys)].sort()
}

function affinityParts({ nodeSelector, requiredNodeAffinity }: PodSpec): unknown {
  return [[...nodeSelector].sort(([left], [right]) => compareText(left, right)), requiredNodeAffinity]
}
