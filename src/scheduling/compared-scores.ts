import { addAffinityScores, type DomainAmounts } from './counted-affinity.ts'
import type { CountedConstraint } from './counted-spread.ts'
import { addSpreadScores, type ScoredPlaces } from './counted-spread-score.ts'
import type { NodeAnswers } from './node-answers.ts'
import { reversedShareOfHighest, shareOfHighest } from './normalize-score.ts'
import type { SchedulerProfile } from './profile.ts'
import { addNormalized, gather } from './slot-scores.ts'

/** What of one pod is scored against other nodes. */
export interface Comparisons {
  readonly soft: readonly CountedConstraint[]
  readonly needsAllSoftKeys: boolean
  readonly preferred: readonly DomainAmounts[]
}

/** Weighted totals of the places, in step with them, without each node's own score ({@link NodeAnswers.ownScore}). */
export function comparedScores(
  { weights }: SchedulerProfile,
  answers: NodeAnswers,
  { soft, needsAllSoftKeys, preferred }: Comparisons,
  places: ScoredPlaces,
): Int32Array {
  const { slots } = places
  // One array serves each plugin in turn: many numbers a prediction would be thrown away otherwise.
  const scores = new Float64Array(slots.length)
  const totals = new Int32Array(slots.length)
  addNormalized(totals, gather(scores, slots, answers.intolerableTaints), weights.TaintToleration, reversedShareOfHighest)
  addNormalized(totals, gather(scores, slots, answers.preferredWeight), weights.NodeAffinity, shareOfHighest)
  addSpreadScores(totals, scores.fill(0), places, weights.PodTopologySpread, soft, needsAllSoftKeys)
  addAffinityScores(totals, scores.fill(0), slots, weights.InterPodAffinity, preferred)
  return totals
}
