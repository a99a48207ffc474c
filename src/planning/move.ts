import type { PodRecord } from '../cluster/pod.ts'
import { judge } from '../scheduling/judge.ts'
import { NO_DOMAIN } from '../scheduling/node-layout.ts'
import type { CandidateNode, Certainty } from '../scheduling/prediction.ts'
import { affectedBy, count, type Affected } from './affected.ts'
import { excessWith, isGood, lowers, whyOpen } from './landing.ts'
import { leaversAwaited } from './leavers-awaited.ts'
import type { MoveContext } from './move-context.ts'
import type { Veto } from './reasons.ts'
import { rivalFor } from './rivals.ts'
import type { SpreadState } from './spread-state.ts'
import { countingEither } from './spread-states.ts'

/** A move that helps, imagined and kept. */
export interface Move {
  readonly victim: PodRecord
  readonly from: string
  readonly replacement: PodRecord
  /** The landing that later moves are planned for: the worst of those that may happen. */
  readonly to: string
  /** Victims of earlier moves that must be gone before it: while they terminate it would land elsewhere, or nowhere. */
  readonly leavers: readonly PodRecord[]
  /** By index, of the first group that it helps: the domain left and the one landed in; {@link NO_DOMAIN} on a node that the group does not count. */
  readonly fromDomain: number
  readonly toDomain: number
  /** Those in which it may land. Of single nodes that are alike only the best is named. */
  readonly toDomains: readonly number[]
  readonly certainty: Exclude<Certainty, 'open'>
  /** Groups that count the victim or its replacement. */
  readonly touched: readonly SpreadState[]
  /** The what-if's mark before it. */
  readonly mark: number
  /** Groups whose excess it lowers wherever it may land; where each landing helps another group, those of the one planned for. */
  readonly helped: readonly SpreadState[]
  /** Groups whose excess it lowers where it is planned to land: those that it helps, and those that it helps if all goes as planned. */
  readonly lowered: readonly SpreadState[]
}

type MoveResult = { readonly kind: 'move'; readonly move: Move } | { readonly kind: 'refused'; readonly veto: Veto }

/**
 * Imagines the eviction of one pod, predicts where its replacement lands, and keeps the move if every landing that may happen lowers the
 * excess and worsens nothing; else everything is as it was before.
 */
export function tryMove(victim: PodRecord, context: MoveContext): MoveResult {
  const { whatIf, now } = context
  const from = victim.nodeName ?? ''
  const answer = whatIf.model.replacementOf(victim)
  if (answer.kind === 'unknown') return { kind: 'refused', veto: { reason: 'CannotPredict', message: answer.problem } }
  const { pod: replacement } = answer

  const mark = whatIf.mark()
  const terminating = whatIf.terminate(victim, now)
  if (answer.comesAfter === 'gone') whatIf.remove(terminating)
  const touched = countingEither(context.states, victim, replacement)
  const affected = affectedBy(touched, victim, replacement, context)
  const prediction = whatIf.model.predict(replacement, context.distinctionFor(context.states.counting(replacement)))
  const refuse = (veto: Veto): MoveResult => {
    whatIf.backTo(mark)
    return { kind: 'refused', veto }
  }
  if (prediction.kind === 'unpredictable') return refuse({ reason: 'CannotPredict', message: prediction.problem })
  if (prediction.kind === 'unschedulable') {
    return refuse({
      reason: 'NoLanding',
      // As the scheduler writes it: `6 node(s) had untolerated taint(s), 3 Insufficient cpu`.
      message: prediction.refusals.map(({ nodes, message }) => `${nodes} ${message}`).join(', '),
    })
  }

  const { nodes, leading } = prediction
  const certainty = judge(nodes, leading, node => isGood(node, affected, context))
  if (certainty === 'open') return refuse(whyOpen(leading, affected, context))

  // Later moves count on a landing that the scores allow for, be there others that would help too: the worst of those within the margin.
  const planned = worstOf(leading, affected)
  const { name: to, slot } = planned
  const possible = certainty === 'certain' ? nodes : leading
  const lowered = affected.filter(each => lowers(slot, each))
  const told = lowered.length > 1 ? reliablyLowered(lowered, possible).toSorted(mostTellingFirst(slot)) : lowered
  const helped = statesOf(told)
  const leavers = leaversAwaited(replacement, { planned, leading, certainty }, affected, context)
  const rival = leavers.length === 0 ? undefined : rivalFor(replacement, planned, context)
  if (rival !== undefined) return refuse(takenBefore(rival, to))
  if (answer.comesAfter === 'deletionTimestamp') whatIf.remove(terminating)
  const placed = whatIf.place(replacement, to)
  for (const each of affected) count(each, slot)
  const [first] = told
  const move: Move = {
    victim,
    from,
    replacement: placed,
    to,
    leavers,
    fromDomain: first?.from ?? NO_DOMAIN,
    toDomain: first?.state.index.bySlot[slot] ?? NO_DOMAIN,
    toDomains: first === undefined ? [] : domainsAmong(possible, first.state),
    certainty,
    touched,
    mark,
    helped,
    lowered: lowered.length > 1 ? statesOf(lowered) : helped,
  }
  return { kind: 'move', move }
}

function takenBefore({ namespace, name }: PodRecord, nodeName: string): Veto {
  const message = `what others leave on ${nodeName}, where the replacement would land, goes to ${namespace}/${name}, which waits for it`
  return { reason: 'NoLanding', message }
}

const statesOf = (affected: readonly Affected[]): readonly SpreadState[] => affected.map(({ state }) => state)

/** Those that each possible landing lowers; all of them where none of the victim's own is among those. */
function reliablyLowered(lowered: readonly Affected[], possible: readonly CandidateNode[]): readonly Affected[] {
  const always = lowered.filter(each => possible.every(node => lowers(node.slot, each)))
  return always.some(({ isVictimsOwn }) => isVictimsOwn) ? always : lowered
}

/** A move is told by a constraint of its pod, by where it goes to and not by what it leaves; by its hard one, and by zones rather than by the hosts in them. */
function mostTellingFirst(slot: number): (one: Affected, other: Affected) => number {
  return (one, other) =>
    Number(other.isVictimsOwn) - Number(one.isVictimsOwn) ||
    Number(other.state.index.bySlot[slot] !== NO_DOMAIN) - Number(one.state.index.bySlot[slot] !== NO_DOMAIN) ||
    Number(isSoft(one)) - Number(isSoft(other)) ||
    one.state.index.names.length - other.state.index.names.length
}

const isSoft = ({ state }: Affected): boolean => state.group.constraint.whenUnsatisfiable === 'ScheduleAnyway'

/** Of equals the first. */
function worstOf(leading: readonly CandidateNode[], affected: readonly Affected[]): CandidateNode {
  return leading.reduce((worst, node) => (excessWith(node.slot, affected) > excessWith(worst.slot, affected) ? node : worst))
}

function domainsAmong(possible: readonly CandidateNode[], { index }: SpreadState): readonly number[] {
  const domainOf = ({ slot }: CandidateNode): number => index.bySlot[slot] ?? NO_DOMAIN
  const first = possible[0] === undefined ? NO_DOMAIN : domainOf(possible[0])
  const domains = possible.every(node => domainOf(node) === first) ? [first] : [...new Set(possible.map(domainOf))].sort((a, b) => a - b)
  return domains[0] === NO_DOMAIN ? domains.slice(1) : domains
}
