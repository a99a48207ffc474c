import type { Labels, LabelSelector } from './labels.ts'
import { affinityTerms, type PodSpec } from './pod.ts'
import type { ClusterRecord } from './records.ts'
import { REGION_LABEL, ZONE_LABEL } from './topology-labels.ts'

/** What the API server copies from a node to the pods bound to it (PodTopologyLabels admission, on by default since 1.35). */
export const COPIED_LABELS: readonly string[] = [ZONE_LABEL, REGION_LABEL]

/** The labels without those copied from a node; the same object where there are none. */
export function withoutCopied(labels: Labels): Labels {
  if (!COPIED_LABELS.some(key => labels.has(key))) return labels
  return new Map(Array.from(labels).filter(([key]) => !COPIED_LABELS.includes(key)))
}

/** Whether the selector can tell pods apart by where they run. */
export function namesCopiedLabel(selector: LabelSelector): boolean {
  return selector.kind === 'requirements' && selector.requirements.some(({ key }) => COPIED_LABELS.includes(key))
}

/** Finds the first record by whose selectors of pods those of one template can be told apart. */
export function createCopiedLabelFinder(): (record: ClusterRecord) => boolean {
  /** Weak, like the interner that they come from. */
  const known = new WeakSet<PodSpec>()
  const isTold = (spec: PodSpec): boolean => {
    if (known.has(spec)) return false
    known.add(spec)
    return namesCopiedLabelIn(spec)
  }
  return record => {
    switch (record.kind) {
      case 'Pod':
        return isTold(record.spec)
      case 'PodDisruptionBudget':
        return namesCopiedLabel(record.selector)
      case 'Service':
        return COPIED_LABELS.some(key => record.selector?.has(key))
      case 'ReplicaSet':
      case 'Deployment':
      case 'StatefulSet':
      case 'ReplicationController':
      case 'DaemonSet':
      case 'Job':
        return namesCopiedLabel(record.selector) || (record.template !== undefined && isTold(record.template.spec))
      default:
        return false
    }
  }
}

function namesCopiedLabelIn(spec: PodSpec): boolean {
  const terms = affinityTerms(spec)
  const counting = [...spec.topologySpreadConstraints, ...terms]
  const keys = [...counting.flatMap(({ matchLabelKeys }) => matchLabelKeys), ...terms.flatMap(({ mismatchLabelKeys }) => mismatchLabelKeys)]
  return counting.some(({ selector }) => namesCopiedLabel(selector)) || keys.some(key => COPIED_LABELS.includes(key))
}
