import type { PodRecord } from '../cluster/pod.ts'
import type { ClusterViews } from './cluster-views.ts'
import { addComparedScores } from './compared-scores.ts'
import { preferredAmounts, type DomainAmounts } from './counted-affinity.ts'
import type { CountedConstraint } from './counted-spread.ts'
import type { WithNominated } from './explain.ts'
import { pluginNumbered, type Feasibility } from './feasibility.ts'
import type { NodeAnswers } from './node-answers.ts'
import type { Mark } from './node-partition.ts'
import { placedOn, type ScoredPlace } from './placement.ts'
import type { Distinction, Place, Places } from './places.ts'
import type { PluginContext } from './plugin.ts'
import { FILTER_PLUGINS, type FilterPlugin } from './plugins.ts'
import type { Prediction, Refusal } from './prediction.ts'
import { feasibleNodesToFind, sureTotal } from './sampling.ts'
import { heldBack } from './scheduling-gates.ts'
import { fillIn, type ScoreSheet } from './score-sheet.ts'
import { PASSES } from './verdict-numbers.ts'

/**
 * Points of weighted total that a lead must exceed to be relied on, for what no object tells: images beyond the 50 that a node lists, pods that
 * the scheduler has placed and nobody has seen bound yet. Measured on 262 decisions of a real kube-scheduler in random clusters: with all image
 * lists hidden, what it chose was at most 20 points behind (12 in 99 of 100). With one pod hidden that no constraint or affinity term counts,
 * 99.7 % were within 20 points, and no margin up to 100 would have caught the rest. In a real cluster of 150 nodes, up to 17 evictions at a time, all of
 * 88 replacements landed where a lead of 15 to 30 points said. The leads to be relied on are not much larger: that of a soft constraint over three
 * zones was 45 at least on nine nodes, and 22 to 28 on the 150 beside a soft one over hostnames.
 */
const MARGIN = 20

/** What a prediction is made from. `askAgain` asks the filters of `feasibility` anew, on the state as it is at that moment. */
export interface Question {
  readonly views: ClusterViews
  readonly context: PluginContext
  readonly answers: NodeAnswers
  readonly places: Places
  readonly sheet: ScoreSheet
  readonly feasibility: Feasibility
  readonly askAgain: () => Feasibility
  readonly withNominated: WithNominated
}

/**
 * One scheduling cycle for one pod (schedule_one.go schedulePod, 1.36), up to the choice among the best. Nodes are told apart as far as the
 * caller asks, or each by itself.
 */
export function predictPlacement(question: Question, pod: PodRecord, distinction: Distinction | undefined): Prediction {
  const { views, answers, places, feasibility } = question
  const layout = views.table.layout()
  const { problem } = views.questions.of(pod)
  if (problem !== undefined) return { kind: 'unpredictable', problem }
  const held = heldBack(pod)
  if (held !== undefined) {
    return { kind: 'unschedulable', refusals: [{ plugin: 'SchedulingGates', nodes: layout.byName.length, message: held }] }
  }

  const promisedAway = nodesPromisedAway(question, pod)
  const preferred = preferredAmounts(question.context, layout, pod)
  const promised = pod.nominatedNodeName === undefined ? undefined : views.table.slotOf(pod.nominatedNodeName)
  const apart = [...promisedAway.keys(), ...(promised === undefined ? [] : [promised])]
  const told = toldApart(question, pod, preferred, apart, distinction)
  return places.withPlaces(answers, told, found => {
    const feasible: Place[] = []
    let nodes = 0
    let only: Place | undefined
    for (const place of found) {
      if (promisedAway.has(place.slot) || !feasibility.passes(place.slot)) continue
      feasible.push(place)
      nodes += place.nodes
      // The node that preemption promised is tried first and, if it passes, taken unscored.
      if (place.slot === promised) only = place
    }
    if (nodes === 0) return { kind: 'unschedulable', refusals: refusals(question, promisedAway, found) }
    if (nodes === 1) [only] = feasible
    if (only !== undefined) return placedOn(question, [unscored(only)], { leadingFrom: 0, margin: MARGIN, sampled: false }, distinction)
    return score(question, pod, preferred, feasible, nodes, distinction)
  })
}

const unscored = ({ slot }: Place): ScoredPlace => ({ place: { slot, nodes: 1, cell: undefined }, compared: 0, total: 0 })

function score(
  question: Question,
  pod: PodRecord,
  preferred: readonly DomainAmounts[],
  feasible: readonly Place[],
  nodes: number,
  distinction: Distinction | undefined,
): Prediction {
  const { views, context, answers, sheet } = question
  const toFind = feasibleNodesToFind(views.table.layout().byName.length, context.profile.percentageOfNodesToScore)
  const { needsAllSoftKeys } = views.questions.of(pod)
  fillIn(sheet, feasible)
  addComparedScores(sheet, context.profile, answers, { soft: views.constraintsOf(pod).soft, needsAllSoftKeys, preferred, sample: toFind })
  const scored = feasible.map((place, i): ScoredPlace => {
    const shared = sheet.totals[i] ?? 0
    return { place, compared: shared, total: shared + (answers.ownScore[place.slot] ?? 0) }
  })
  const sampled = nodes > toFind
  const highest = scored.reduce((most, { total }) => Math.max(most, total), 0)
  const sure = sampled ? sureAmong(question, scored, highest, toFind) : highest
  // With scores that are not all modelled, no lead means anything.
  const margin = context.profile.unmodelled.length > 0 ? Infinity : MARGIN
  return placedOn(question, scored, { leadingFrom: sure - margin, margin, sampled }, distinction)
}

function sureAmong({ views }: Question, scored: readonly ScoredPlace[], highest: number, toFind: number): number {
  const { groupOf, sizes } = views.table.layout().zoneGroups
  const groupAt = (slot: number): number => groupOf[slot] ?? 0
  const feasible = sizes.map(() => 0)
  let lowest = Infinity
  for (const { place, compared } of scored) {
    const group = groupAt(place.slot)
    feasible[group] = (feasible[group] ?? 0) + place.nodes
    if (compared < lowest) lowest = compared
  }
  const addHits = (total: number, hits: number[]): number => {
    let found = 0
    for (const { place, compared, total: best } of scored) {
      if (total > best) continue
      const nodes = place.cell === undefined ? Number(total === best) : (place.cell.byScore[total - compared] ?? 0)
      if (nodes === 0) continue
      const group = groupAt(place.slot)
      hits[group] = (hits[group] ?? 0) + nodes
      found += nodes
    }
    return found
  }
  return sureTotal({ lowest, highest, feasible, addHits }, sizes, toFind)
}

/**
 * Which nodes must be told apart: by every domain that a filter or a score reads, by what sampling and the caller read, and one by one where
 * what is read is the node's own.
 */
function toldApart(
  { views, feasibility }: Question,
  pod: PodRecord,
  preferred: readonly DomainAmounts[],
  apart: number[],
  distinction: Distinction | undefined,
): Distinction {
  if (feasibility.readsEachNode) return { marks: [], apart: views.table.layout().byName }
  const { hard, soft, marks: own } = views.constraintsOf(pod)
  const marks = [...own]
  const add = (mark: Mark): void => {
    if (!marks.includes(mark)) marks.push(mark)
  }
  const addPods = ({ domains, selected }: CountedConstraint): void => {
    if (domains.topology.isPerNode) for (const slot of selected.bySlot.keys()) apart.push(slot)
  }
  const addAmounts = ({ topology, byDomain }: DomainAmounts): void => {
    add(topology.mark)
    if (!topology.isPerNode) return
    for (let domain = 0; domain < byDomain.length; domain += 1) if (byDomain[domain] !== 0) apart.push(topology.slotOf[domain] ?? 0)
  }
  hard.forEach(addPods)
  soft.forEach(addPods)
  feasibility.required.forEach(addAmounts)
  preferred.forEach(addAmounts)
  distinction?.marks.forEach(add)
  for (const slot of distinction?.apart ?? []) apart.push(slot)
  return { marks, apart }
}

const NOBODY_PROMISED: ReadonlyMap<number, FilterPlugin> = new Map()

/** By slot: what refuses the pod on a node that preemption has promised to others, or undefined where it would have the pod all the same. */
function nodesPromisedAway({ views, feasibility, askAgain, withNominated }: Question, pod: PodRecord): ReadonlyMap<number, FilterPlugin> {
  if (views.nominations.isEmpty()) return NOBODY_PROMISED
  const away = new Map<number, FilterPlugin>()
  for (const nodeName of views.nominations.nodes()) {
    const slot = views.table.slotOf(nodeName)
    if (slot === undefined) continue
    const plugin = feasibility.refusedBy(slot) ?? withNominated(pod, nodeName, () => askAgain().refusedBy(slot))
    if (plugin !== undefined) away.set(slot, plugin)
  }
  return away
}

/**
 * How many nodes each filter was the first to refuse, counted place by place, and node by node where the pod's own filters do. A filter can have
 * several reasons; that of the first node by name is told, however nodes were told apart.
 */
function refusals(
  { views, answers, places, feasibility }: Question,
  promisedAway: ReadonlyMap<number, FilterPlugin>,
  found: readonly Place[],
): readonly Refusal[] {
  const layout = views.table.layout()
  const nameOf = (slot: number): string => layout.names[slot] ?? ''
  const byPlugin = new Map<FilterPlugin, { nodes: number; slot: number }>()
  const add = (plugin: FilterPlugin | undefined, slot: number, nodes: number): void => {
    if (plugin === undefined) return
    const known = byPlugin.get(plugin)
    if (known === undefined) {
      byPlugin.set(plugin, { nodes, slot })
      return
    }
    known.nodes += nodes
    if (nameOf(slot) < nameOf(known.slot)) known.slot = slot
  }
  for (const slot of layout.byName) {
    const number = answers.refusedBy[slot] ?? PASSES
    if (number !== PASSES) add(pluginNumbered(number), slot, 1)
  }
  const firstOf = ({ slot, cell }: Place): number =>
    cell?.slots.find(each => answers.refusedBy[each] === PASSES && !places.isApart(each)) ?? slot
  for (const place of found) add(promisedAway.get(place.slot) ?? feasibility.refusedBy(place.slot), firstOf(place), place.nodes)
  return FILTER_PLUGINS.flatMap(plugin => {
    const refused = byPlugin.get(plugin)
    if (refused === undefined) return []
    const { message } = feasibility.refusalOn(refused.slot) ?? PROMISED
    return [{ plugin, nodes: refused.nodes, message }]
  })
}

const PROMISED = { message: 'node(s) are promised to pods of equal or higher priority' }
