import type { ClusterReader } from '../cluster/cluster-state.ts'
import { withRequirements } from '../cluster/label-selector.ts'
import type { LabelOperator, LabelRequirement, Labels, LabelSelector } from '../cluster/labels.ts'
import type { PriorityClassRecord } from '../cluster/other-records.ts'
import type { Toleration } from '../cluster/node-selector.ts'
import type { PodAffinity, PodAffinityTerm, PodSpec, TopologySpreadConstraint } from '../cluster/pod.ts'

/** What PriorityClasses make of a pod. */
export type Priority = Pick<PodSpec, 'priority' | 'priorityClassName' | 'preemptionPolicy'>

/**
 * The priority that a pod gets when it is created: of the class it names, else of the global default, else 0 (plugin/pkg/admission/priority,
 * 1.36). Undefined when the class does not exist: the pod would be refused.
 */
export function priorityOf(cluster: ClusterReader, className: string | undefined): Priority | undefined {
  const found = className === undefined ? globalDefault(cluster) : cluster.get('PriorityClass', className)
  if (found !== undefined) return { priority: found.value, priorityClassName: found.name, preemptionPolicy: found.preemptionPolicy }
  return className === undefined ? { priority: 0, priorityClassName: undefined, preemptionPolicy: 'PreemptLowerPriority' } : undefined
}

/** Of several the one with the lowest value, as upstream. */
export function globalDefault(cluster: ClusterReader): PriorityClassRecord | undefined {
  let lowest: PriorityClassRecord | undefined
  for (const found of cluster.all('PriorityClass')) {
    if (found.globalDefault && (lowest === undefined || found.value < lowest.value)) lowest = found
  }
  return lowest
}

const OUTAGE_TAINTS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] as const

/** Every pod tolerates its node's being down for a while unless it says otherwise (plugin/pkg/admission/defaulttolerationseconds, 1.36). */
export function withDefaultTolerations(tolerations: readonly Toleration[]): readonly Toleration[] {
  const missing = OUTAGE_TAINTS.filter(
    taint => !tolerations.some(({ key, effect }) => (key === taint || key === '') && (effect === 'NoExecute' || effect === '')),
  )
  const added = missing.map((key): Toleration => ({ key, operator: 'Exists', value: '', effect: 'NoExecute', seconds: 300 }))
  return added.length === 0 ? tolerations : [...tolerations, ...added]
}

/**
 * matchLabelKeys and mismatchLabelKeys written out into the selectors for a pod with these labels, as the API server does when it creates the pod
 * (registry/core/pod/strategy.go; since 1.34 for spread constraints too). A null selector stays null. Doing it twice changes nothing.
 */
export function withLabelKeysMerged(spec: PodSpec, labels: Labels): PodSpec {
  const mergeAll = ({ required, preferred }: PodAffinity): PodAffinity => ({
    required: required.map(term => mergedTerm(term, labels)),
    preferred: preferred.map(({ weight, term }) => ({ weight, term: mergedTerm(term, labels) })),
  })
  return {
    ...spec,
    podAffinity: mergeAll(spec.podAffinity),
    podAntiAffinity: mergeAll(spec.podAntiAffinity),
    topologySpreadConstraints: spec.topologySpreadConstraints.map(constraint => ({
      ...constraint,
      selector: withLabelKeys(constraint, labels),
    })),
  }
}

function mergedTerm(term: PodAffinityTerm, labels: Labels): PodAffinityTerm {
  const requirements = [...ownValues(labels, term.matchLabelKeys, 'In'), ...ownValues(labels, term.mismatchLabelKeys, 'NotIn')]
  return { ...term, selector: withRequirements(term.selector, requirements) }
}

/** The selector of a constraint with matchLabelKeys written out. */
export function withLabelKeys(
  { selector, matchLabelKeys }: Pick<TopologySpreadConstraint, 'selector' | 'matchLabelKeys'>,
  labels: Labels,
): LabelSelector {
  return withRequirements(selector, ownValues(labels, matchLabelKeys, 'In'))
}

/** Keys that the pod lacks are passed over. */
function ownValues(labels: Labels, keys: readonly string[], operator: LabelOperator): readonly LabelRequirement[] {
  return keys.flatMap(key => {
    const value = labels.get(key)
    return value === undefined ? [] : [{ key, operator, values: [value] }]
  })
}
