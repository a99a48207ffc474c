import { addAffinityScores, type DomainAmounts } from './counted-affinity.ts'
import type { CountedConstraint } from './counted-spread.ts'
import { addSpreadScores } from './counted-spread-score.ts'
import type { NodeAnswers } from './node-answers.ts'
import { reversedShareOfHighest, shareOfHighest } from './normalize-score.ts'
import type { SchedulerProfile } from './profile.ts'
import { addNormalized, gather, type ScoreSheet } from './score-sheet.ts'

/** What of one pod is scored against other nodes. */
export interface Comparisons {
  readonly soft: readonly CountedConstraint[]
  readonly needsAllSoftKeys: boolean
  readonly preferred: readonly DomainAmounts[]
  /** The scheduler scores so many nodes, which weighs the keys that have a domain for each node. */
  readonly sample: number
}

/** Adds the weighted scores, all but each node's own ({@link NodeAnswers.ownScore}). */
export function addComparedScores(
  sheet: ScoreSheet,
  { weights }: SchedulerProfile,
  answers: NodeAnswers,
  { soft, needsAllSoftKeys, preferred, sample }: Comparisons,
): void {
  gather(sheet, answers.intolerableTaints)
  addNormalized(sheet, weights.TaintToleration, reversedShareOfHighest)
  gather(sheet, answers.preferredWeight)
  addNormalized(sheet, weights.NodeAffinity, shareOfHighest)
  addSpreadScores(sheet, weights.PodTopologySpread, soft, needsAllSoftKeys, sample)
  addAffinityScores(sheet, weights.InterPodAffinity, preferred)
}
