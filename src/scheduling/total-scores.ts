import type { PodRecord } from '../cluster/pod.ts'
import type { ClusterViews } from './cluster-views.ts'
import { addAffinityScores } from './counted-affinity.ts'
import { addSpreadScores } from './counted-spread-score.ts'
import type { NodeAnswers } from './node-answers.ts'
import { reversedShareOfHighest, shareOfHighest } from './normalize-score.ts'
import type { PluginContext } from './plugin.ts'
import { addNormalized, gather } from './slot-scores.ts'

/** Weighted totals of the feasible slots, in step with them. `scored` is how many of them the scheduler scores: a sample may be smaller. */
export function totalScores(
  views: ClusterViews,
  context: PluginContext,
  answers: NodeAnswers,
  pod: PodRecord,
  feasible: Int32Array,
  scored: number,
): Int32Array {
  const { weights } = context.profile
  const { layout } = views.table
  // One array serves each plugin in turn: thousands of numbers a prediction would be thrown away otherwise.
  const scores = new Float64Array(feasible.length)
  const totals = new Int32Array(gather(scores, feasible, answers.ownScore))
  addNormalized(totals, gather(scores, feasible, answers.intolerableTaints), weights.TaintToleration, reversedShareOfHighest)
  addNormalized(totals, gather(scores, feasible, answers.preferredWeight), weights.NodeAffinity, shareOfHighest)
  addSpreadScores(totals, scores.fill(0), feasible, scored, weights.PodTopologySpread, views, pod)
  addAffinityScores(totals, scores.fill(0), feasible, weights.InterPodAffinity, context, layout, pod)
  return totals
}
