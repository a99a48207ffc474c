import type { PodRecord } from '../cluster/pod.ts'
import { countedConstraint, type CountedConstraint } from './counted-spread.ts'
import type { NodeLayout } from './node-layout.ts'
import type { Mark } from './node-partition.ts'
import type { NodeTable } from './node-table.ts'
import type { PodQuestion, PodQuestions, SpreadQuestion } from './pod-question.ts'
import type { SpreadCounts } from './spread-counts.ts'

/** The constraints of a pod with their counts, which are live. */
export interface CountedConstraints {
  readonly hard: readonly CountedConstraint[]
  readonly soft: readonly CountedConstraint[]
  /** What tells nodes apart for them, and for the order in which the scheduler looks at nodes. */
  readonly marks: readonly Mark[]
}

/** Looks the counts of a pod's constraints up. Replicas ask the same: what is found for one serves all, until nodes are told apart otherwise. */
export function createCountedConstraints(
  table: Pick<NodeTable, 'layout'>,
  counts: SpreadCounts,
  questions: PodQuestions,
): (pod: PodRecord) => CountedConstraints {
  let known = new WeakMap<PodQuestion, CountedConstraints>()
  let over: NodeLayout | undefined
  let era = counts.era
  return pod => {
    const layout = table.layout()
    const question = questions.of(pod)
    if (over !== layout || era !== counts.era) known = new WeakMap()
    over = layout
    era = counts.era
    const found = known.get(question)
    if (found !== undefined) return found
    const counted = (each: SpreadQuestion): CountedConstraint => countedConstraint(layout, counts, pod.namespace, each)
    const [hard, soft] = [question.hard.map(counted), question.soft.map(counted)]
    const marks = new Set([layout.zoneGroups.groupOf, layout.leaving, ...[...hard, ...soft].map(({ domains }) => domains.topology.mark)])
    const constraints = { hard, soft, marks: [...marks] }
    // To look one up may have let the others go.
    if (era === counts.era) known.set(question, constraints)
    return constraints
  }
}
