import type { PodRecord } from '../cluster/pod.ts'
import type { ClusterViews } from './cluster-views.ts'
import { addAffinityScores } from './counted-affinity.ts'
import { addSpreadScores } from './counted-spread-score.ts'
import type { NodeAnswers } from './node-answers.ts'
import { reversedShareOfHighest, shareOfHighest } from './normalize-score.ts'
import type { PluginContext } from './plugin.ts'

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
  const totals = feasible.map(slot => answers.ownScore[slot] ?? 0)
  addNormalized(totals, feasible, answers.intolerableTaints, weights.TaintToleration, reversedShareOfHighest)
  addNormalized(totals, feasible, answers.preferredWeight, weights.NodeAffinity, shareOfHighest)
  addSpreadScores(totals, feasible, scored, weights.PodTopologySpread, views, pod)
  addAffinityScores(totals, feasible, weights.InterPodAffinity, context, layout, pod)
  return totals
}

function addNormalized(
  totals: Int32Array,
  feasible: Int32Array,
  rawBySlot: Int32Array,
  weight: number,
  normalize: (raw: number, highest: number) => number,
): void {
  let highest = 0
  for (const slot of feasible) highest = Math.max(highest, rawBySlot[slot] ?? 0)
  for (let i = 0; i < feasible.length; i += 1) {
    totals[i] = (totals[i] ?? 0) + weight * normalize(rawBySlot[feasible[i] ?? 0] ?? 0, highest)
  }
}
