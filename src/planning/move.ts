import type { PodRecord } from '../cluster/pod.ts'
import { judge } from '../scheduling/judge.ts'
import { oneOfEach } from '../scheduling/placement.ts'
import type { CandidateNode, Certainty, Prediction } from '../scheduling/prediction.ts'
import type { Veto } from './reasons.ts'
import { excessAfter, excessNow, shift, type Shift, type SpreadState, type SpreadStates } from './spread-state.ts'
import type { WhatIf } from './what-if.ts'

/** What a move is judged by. */
export interface MoveContext {
  readonly whatIf: WhatIf
  readonly now: number
  /** Every group, acted on or not: none may get worse for a move. */
  readonly states: SpreadStates
  /** Groups whose excess the plan is there to lower. */
  readonly acting: ReadonlySet<SpreadState>
  /** Why a node's domain accepts no landing for now, by node name. */
  readonly closedNodes: ReadonlyMap<string, Veto>
}

/** A move that helps, imagined and kept. */
export interface Move {
  readonly victim: PodRecord
  readonly from: string
  readonly replacement: PodRecord
  /** The landing that later moves are planned for: the worst of those that may happen. */
  readonly to: string
  /** Of the first group that it helps: every domain in which it may land, by index. */
  readonly toDomains: readonly number[]
  readonly certainty: Exclude<Certainty, 'open'>
  /** The what-if's mark before it. */
  readonly mark: number
  /** Groups whose excess it lowers wherever it may land; where each landing helps another group, those of the one planned for. */
  readonly helped: readonly SpreadState[]
}

export type MoveResult =
  | { readonly kind: 'move'; readonly move: Move }
  /** `prediction` is what was refused, for whoever explains it; `landsBack` where it may land without helping. */
  | {
      readonly kind: 'refused'
      readonly veto: Veto
      readonly prediction: Prediction | undefined
      readonly replacement: PodRecord | undefined
    }

/**
 * Imagines the eviction of one pod, predicts where its replacement lands, and keeps the move if every landing that may happen lowers the
 * excess and worsens nothing; else everything is as it was before.
 */
export function tryMove(victim: PodRecord, context: MoveContext): MoveResult {
  const { whatIf, now } = context
  const from = victim.nodeName ?? ''
  const answer = whatIf.model.replacementOf(victim)
  if (answer.kind === 'unknown') {
    return { kind: 'refused', veto: { reason: 'CannotPredict', message: answer.problem }, prediction: undefined, replacement: undefined }
  }
  // Moves of one plan must not share a name, whatever the owner will call its pods; only a StatefulSet's replacement has the victim's own.
  const replacement: PodRecord =
    answer.comesAfter === 'gone' ? answer.pod : { ...answer.pod, name: `${victim.name}~replacement`, uid: `${victim.uid}~replacement` }

  const mark = whatIf.mark()
  const terminating = whatIf.terminate(victim, now)
  if (answer.comesAfter === 'gone') whatIf.remove(terminating)
  const affected = affectedBy(victim, replacement, from, context)
  const predicted = whatIf.model.predict(replacement)
  const prediction = predicted.kind === 'placed' ? oneOfEach(predicted, kindsOf(affected, context)) : predicted
  const refuse = (veto: Veto): MoveResult => {
    whatIf.backTo(mark)
    return { kind: 'refused', veto, prediction, replacement }
  }
  if (prediction.kind === 'unpredictable') return refuse({ reason: 'CannotPredict', message: prediction.problem })
  if (prediction.kind === 'unschedulable') {
    return refuse({
      reason: 'NoLanding',
      message: prediction.refusals.map(refusal => `${refusal.nodes} node(s): ${refusal.message}`).join('; '),
    })
  }

  const landings = landingsOf(affected, context)
  const certainty = judge(prediction, node => landings(node).helps)
  if (certainty === 'open') return refuse(whyOpen(prediction.leading, landings, context))

  // Later moves count on a landing that the scores allow for, be there others that would help too: the worst of those within the margin.
  const to = prediction.leading.reduce((worst, node) => (landings(node.name).excess > landings(worst.name).excess ? node : worst))
  if (answer.comesAfter === 'deletionTimestamp') whatIf.remove(terminating)
  const placed = whatIf.place(replacement, to.name)
  const possible = certainty === 'certain' ? prediction.nodes : prediction.leading
  const { lowered } = landings(to.name)
  const always = lowered.filter(state => possible.every(node => landings(node.name).lowered.includes(state)))
  const helped = always.length > 0 ? always : lowered
  const done: Shift = { leaving: victim, from, arriving: placed, to: to.name }
  shift(context.states, done)
  const toDomains = helped[0] === undefined ? [] : domainsAmong(predicted, certainty, helped[0])
  return { kind: 'move', move: { victim, from, replacement: placed, to: to.name, toDomains, certainty, mark, helped } }
}

function domainsAmong(prediction: Prediction, certainty: Certainty, state: SpreadState): readonly number[] {
  if (prediction.kind !== 'placed') return []
  const byDomain = oneOfEach(prediction, slot => state.domainBySlot[slot] ?? -1)
  const possible = certainty === 'certain' ? byDomain.nodes : byDomain.leading
  return [...new Set(possible.flatMap(node => state.domainOf(node.name) ?? []))].sort((a, b) => a - b)
}

/** A group that a move changes. */
interface Affected {
  readonly state: SpreadState
  /** Its excess before the move. */
  readonly was: number
  /** The domain that the victim is counted in. */
  readonly from: number | undefined
  readonly countsReplacement: boolean
}

function affectedBy(victim: PodRecord, replacement: PodRecord, from: string, { states }: MoveContext): readonly Affected[] {
  const left = states.counting(victim)
  const entered = states.counting(replacement)
  const both = left === entered ? left : [...new Set([...left, ...entered])]
  return both.map(state => ({
    state,
    was: excessNow(state),
    from: left.includes(state) ? state.domainOf(from) : undefined,
    countsReplacement: entered.includes(state),
  }))
}

/** Numbers nodes so that those with equal numbers make no difference to any group: their domains have equal counts. */
function kindsOf(affected: readonly Affected[], { closedNodes }: MoveContext): (slot: number, name: string) => number {
  const scales = affected
    .filter(({ countsReplacement }) => countsReplacement)
    .map(({ state, from }) => ({ domainBySlot: state.domainBySlot, counts: state.counts, from, size: state.highest() + 3 }))
  const kinds = scales.reduce((product, { size }) => product * size, 4)
  if (kinds > Number.MAX_SAFE_INTEGER) return slot => slot
  return (slot, name) => {
    let kind = closedNodes.size > 0 && closedNodes.has(name) ? 1 : 0
    for (const { domainBySlot, counts, from, size } of scales) {
      const domain = domainBySlot[slot] ?? -1
      kind = kind * size + (domain === -1 ? 0 : domain === from ? 1 : (counts[domain] ?? 0) + 2)
    }
    return kind
  }
}

interface Landing {
  readonly helps: boolean
  /** Sum over the groups acted on, after the landing. */
  readonly excess: number
  readonly lowered: readonly SpreadState[]
  readonly raised: readonly SpreadState[]
}

/** What a landing on a node would do to every group. */
function landingsOf(affected: readonly Affected[], context: MoveContext): (node: string) => Landing {
  const known = new Map<string, Landing>()
  return to => {
    const cached = known.get(to)
    if (cached !== undefined) return cached
    const lowered: SpreadState[] = []
    const raised: SpreadState[] = []
    let excess = 0
    for (const { state, was, from, countsReplacement } of affected) {
      const after = excessAfter(state, from, countsReplacement ? state.domainOf(to) : undefined)
      const acted = context.acting.has(state)
      if (acted) excess += after
      if (after < was && acted) lowered.push(state)
      if (after > was && (acted || state.group.constraint.whenUnsatisfiable === 'DoNotSchedule')) raised.push(state)
    }
    const landing: Landing = { helps: !context.closedNodes.has(to) && lowered.length > 0 && raised.length === 0, excess, lowered, raised }
    known.set(to, landing)
    return landing
  }
}

function whyOpen(leading: readonly CandidateNode[], landings: (node: string) => Landing, context: MoveContext): Veto {
  const offender = leading.find(node => !landings(node.name).helps) ?? leading[0]
  if (offender === undefined) return { reason: 'NoLanding', message: 'no node would take the replacement' }
  const closed = context.closedNodes.get(offender.name)
  if (closed !== undefined) return closed
  const { raised } = landings(offender.name)
  const other = raised[0]?.group.constraint
  if (other !== undefined) {
    return {
      reason: 'WouldWorsenOther',
      message: `the replacement may land on ${offender.name}, which raises the excess over ${other.topologyKey}`,
    }
  }
  if (leading.every(node => !landings(node.name).helps)) {
    return { reason: 'WouldNotHelp', message: `the replacement would land on ${offender.name}, which does not lower the skew` }
  }
  return { reason: 'LandingOpen', message: `the replacement may land on ${offender.name}, which does not lower the skew` }
}
