import type { PodRecord } from '../cluster/pod.ts'
import { judge } from '../scheduling/judge.ts'
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
  readonly landings: readonly CandidateNode[]
  readonly certainty: Exclude<Certainty, 'open'>
  /** The what-if's mark before it. */
  readonly mark: number
  /** Groups whose excess it lowers wherever it lands. */
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
  const prediction = whatIf.model.predict(replacement)
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

  const landings = landingsOf(victim, replacement, from, context)
  const certainty = judge(prediction, node => landings(node).helps)
  if (certainty === 'open') return refuse(whyOpen(prediction.leading, landings, context))

  const possible = certainty === 'certain' ? prediction.nodes : prediction.leading
  const to = possible.reduce((worst, node) => (landings(node.name).excess > landings(worst.name).excess ? node : worst))
  if (answer.comesAfter === 'deletionTimestamp') whatIf.remove(terminating)
  const placed = whatIf.place(replacement, to.name)
  const helped = landings(to.name).lowered.filter(state => possible.every(node => landings(node.name).lowered.includes(state)))
  const done: Shift = { leaving: victim, from, arriving: placed, to: to.name }
  shift(context.states, done)
  return { kind: 'move', move: { victim, from, replacement: placed, to: to.name, landings: possible, certainty, mark, helped } }
}

interface Landing {
  readonly helps: boolean
  /** Sum over the groups acted on, after the landing. */
  readonly excess: number
  readonly lowered: readonly SpreadState[]
  readonly raised: readonly SpreadState[]
}

/** What a landing on a node would do to every group; nodes whose domains have equal counts share the answer. */
function landingsOf(victim: PodRecord, replacement: PodRecord, from: string, context: MoveContext): (node: string) => Landing {
  const left = context.states.counting(victim)
  const entered = context.states.counting(replacement)
  const affected = [...new Set([...left, ...entered])].map(state => ({
    state,
    was: excessNow(state),
    from: left.includes(state) ? state.domainOf(from) : undefined,
    isEntered: entered.includes(state),
  }))
  const known = new Map<string, Landing>()
  return to => {
    const isClosed = context.closedNodes.has(to)
    let key = isClosed ? 'closed' : ''
    for (const { state, from: origin, isEntered } of affected) {
      const domain = isEntered ? state.domainOf(to) : undefined
      key += domain === undefined ? '/-' : domain === origin ? '/=' : `/${state.counts[domain] ?? 0}`
    }
    const cached = known.get(key)
    if (cached !== undefined) return cached
    const lowered: SpreadState[] = []
    const raised: SpreadState[] = []
    let excess = 0
    for (const { state, was, from: origin, isEntered } of affected) {
      const after = excessAfter(state, origin, isEntered ? state.domainOf(to) : undefined)
      const acted = context.acting.has(state)
      if (acted) excess += after
      if (after < was && acted) lowered.push(state)
      if (after > was && (acted || state.group.constraint.whenUnsatisfiable === 'DoNotSchedule')) raised.push(state)
    }
    const landing: Landing = { helps: !isClosed && lowered.length > 0 && raised.length === 0, excess, lowered, raised }
    known.set(key, landing)
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
