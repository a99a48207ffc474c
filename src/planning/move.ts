import type { PodRecord } from '../cluster/pod.ts'
import { judge } from '../scheduling/judge.ts'
import { NO_DOMAIN } from '../scheduling/node-layout.ts'
import type { Mark } from '../scheduling/node-partition.ts'
import type { Distinction } from '../scheduling/places.ts'
import type { CandidateNode, Certainty } from '../scheduling/prediction.ts'
import type { Veto } from './reasons.ts'
import type { SpreadState } from './spread-state.ts'
import { countingEither, type SpreadStates } from './spread-states.ts'
import type { WhatIf } from './what-if.ts'

/** What a move is judged by. */
export interface MoveContext {
  readonly whatIf: WhatIf
  readonly now: number
  /** Every group, acted on or not: a move changes the counts of all that count its pod. */
  readonly states: SpreadStates
  /** Groups whose excess the plan is there to lower. */
  readonly acting: Pick<ReadonlySet<SpreadState>, 'has'>
  /** Why a node's domain accepts no landing for now, by node name. */
  readonly closedNodes: ReadonlyMap<string, Veto>
  /** By slot: 1 for a closed node; undefined where none is. */
  readonly closed: Mark | undefined
}

/** A move that helps, imagined and kept. */
export interface Move {
  readonly victim: PodRecord
  readonly from: string
  readonly replacement: PodRecord
  /** The landing that later moves are planned for: the worst of those that may happen. */
  readonly to: string
  /** It has a place there only because earlier moves have left the node. */
  readonly takesPlaceOfOthers: boolean
  /** Of the first group that it helps: the domains in which it may land, by index. Of single nodes that are alike only the best is named. */
  readonly toDomains: readonly number[]
  readonly certainty: Exclude<Certainty, 'open'>
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
  const affected = affectedBy(victim, replacement, from, context)
  const prediction = whatIf.model.predict(replacement, distinctionOf(affected, context))
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

  const landings = prediction.nodes.map(node => landingOn(node, affected, context))
  const leading = landings.slice(0, prediction.leading.length)
  const certainty = judge(landings, leading, isGood)
  if (certainty === 'open') return refuse(whyOpen(leading, affected, context))

  // Later moves count on a landing that the scores allow for, be there others that would help too: the worst of those within the margin.
  const planned = leading.reduce((worst, landing) => (landing.excess > worst.excess ? landing : worst))
  const to = planned.node.name
  if (answer.comesAfter === 'deletionTimestamp') whatIf.remove(terminating)
  const takesPlaceOfOthers = whatIf.takesPlaceOfOthers(replacement, to)
  const placed = whatIf.place(replacement, to)
  const possible = certainty === 'certain' ? landings : leading
  const lowered = affected.filter(each => lowers(planned, each))
  const always = lowered.filter(each => possible.every(landing => lowers(landing, each)))
  const countsThere = ({ index }: SpreadState): boolean => index.bySlot[planned.node.slot] !== NO_DOMAIN
  const helped = (always.length > 0 ? always : lowered).map(({ state }) => state).sort(mostTellingFirst(countsThere))
  for (const each of affected) count(each, planned.node.slot)
  const toDomains = helped[0] === undefined ? [] : domainsAmong(possible, helped[0])
  const move: Move = {
    victim,
    from,
    replacement: placed,
    to,
    takesPlaceOfOthers,
    toDomains,
    certainty,
    mark,
    helped,
    lowered: lowered.map(({ state }) => state),
  }
  return { kind: 'move', move }
}

/** A move is told by where it goes to, not by what it leaves; by its hard constraint, and by zones rather than by the hosts in them. */
function mostTellingFirst(countsThere: (state: SpreadState) => boolean): (one: SpreadState, other: SpreadState) => number {
  const isSoft = ({ group: { constraint } }: SpreadState): number => Number(constraint.whenUnsatisfiable === 'ScheduleAnyway')
  return (one, other) =>
    Number(countsThere(other)) - Number(countsThere(one)) ||
    isSoft(one) - isSoft(other) ||
    one.index.names.length - other.index.names.length
}

function domainsAmong(possible: readonly Landing[], { index }: SpreadState): readonly number[] {
  const domains: number[] = []
  for (const { node } of possible) {
    const domain = index.bySlot[node.slot] ?? NO_DOMAIN
    if (domain !== NO_DOMAIN && !domains.includes(domain)) domains.push(domain)
  }
  return domains.sort((a, b) => a - b)
}

/** A group that a move changes. */
interface Affected {
  readonly state: SpreadState
  readonly isActedOn: boolean
  readonly mustNotWorsen: boolean
  /** Its excess before the move. */
  readonly was: number
  /** The domain that the victim is counted in; {@link NO_DOMAIN} where it is in none. */
  readonly from: number
  readonly countsReplacement: boolean
  /** Its excess after the move by the count of the domain landed in, which is all that it depends on; worked out when first asked. */
  readonly excessByCount: (number | undefined)[]
}

function affectedBy(victim: PodRecord, replacement: PodRecord, from: string, context: MoveContext): readonly Affected[] {
  const { states, acting } = context
  const left = states.counting(victim)
  const entered = states.counting(replacement)
  return countingEither(states, victim, replacement).map(state => ({
    state,
    isActedOn: acting.has(state),
    mustNotWorsen: mustNotWorsen(state, context),
    was: state.excess(),
    from: left === entered || left.includes(state) ? (state.index.of(from) ?? NO_DOMAIN) : NO_DOMAIN,
    countsReplacement: left === entered || entered.includes(state),
    excessByCount: [],
  }))
}

/** Tells nodes apart as far as it makes a difference to some group: by their domains, or by their counts where each node is a domain. */
function distinctionOf(affected: readonly Affected[], { closed }: MoveContext): Distinction {
  const marks: Mark[] = []
  const apart: number[] = []
  for (const { state, countsReplacement } of affected) {
    if (!countsReplacement) continue
    marks.push(state.index.mark)
    if (state.index.isPerNode) for (const domain of state.occupied.keys()) apart.push(state.index.slots[domain] ?? 0)
  }
  if (closed !== undefined) marks.push(closed)
  return { marks, apart }
}

/** What a landing on a node would do to the groups. */
interface Landing {
  readonly node: CandidateNode
  /** It lowers the excess of a group acted on, raises none that must not worsen, and its domain accepts landings. */
  readonly helps: boolean
  /** Sum over the groups acted on. */
  readonly excess: number
}

function landingOn(node: CandidateNode, affected: readonly Affected[], { closed }: MoveContext): Landing {
  let sum = 0
  let isLowered = false
  let isRaised = false
  for (const each of affected) {
    const { was, isActedOn } = each
    const excess = excessAfter(each, node.slot)
    if (isActedOn) sum += excess
    isLowered ||= isActedOn && excess < was
    isRaised ||= excess > was && each.mustNotWorsen
  }
  return { node, helps: isLowered && !isRaised && closed?.[node.slot] !== 1, excess: sum }
}

function domainOf({ state, countsReplacement }: Affected, slot: number): number {
  return countsReplacement ? (state.index.bySlot[slot] ?? NO_DOMAIN) : NO_DOMAIN
}

function excessAfter(affected: Affected, slot: number): number {
  const { state, was, from, excessByCount } = affected
  const to = domainOf(affected, slot)
  // What leaves a domain and comes back to it changes nothing.
  if (to === from) return was
  const before = to === NO_DOMAIN ? undefined : state.countIn(to)
  return (excessByCount[(before ?? -1) + 1] ??= state.excessIf(from === NO_DOMAIN ? undefined : state.countIn(from), before))
}

/** The move is made: the victim counts no longer where it was, the replacement where it lands. */
function count(affected: Affected, slot: number): void {
  const { state, from } = affected
  const to = domainOf(affected, slot)
  if (from !== NO_DOMAIN) state.add(from, -1)
  if (to !== NO_DOMAIN) state.add(to, 1)
}

/** Groups acted on are not to get worse, and no hard constraint is, acted on or not. */
export function mustNotWorsen(state: SpreadState, { acting }: Pick<MoveContext, 'acting'>): boolean {
  return acting.has(state) || state.group.constraint.whenUnsatisfiable === 'DoNotSchedule'
}

function lowers({ node }: Landing, affected: Affected): boolean {
  return affected.isActedOn && excessAfter(affected, node.slot) < affected.was
}

/** A node that is about to go helps nobody, but the scheduler may choose it all the same where the pod tolerates that. */
const isGood = ({ node, helps }: Landing): boolean => node.stays && helps

function whyOpen(leading: readonly Landing[], affected: readonly Affected[], { closedNodes }: MoveContext): Veto {
  const offender = leading.find(landing => !isGood(landing))
  if (offender === undefined) return { reason: 'NoLanding', message: 'no node would take the replacement' }
  const { name, slot } = offender.node
  const closed = closedNodes.get(name)
  if (closed !== undefined) return closed
  const raised = affected.find(each => each.mustNotWorsen && excessAfter(each, slot) > each.was)
  if (raised !== undefined) {
    const { topologyKey } = raised.state.group.constraint
    return { reason: 'WouldWorsenOther', message: `the replacement may land on ${name}, which raises the excess over ${topologyKey}` }
  }
  if (offender.helps) return { reason: 'LandingOpen', message: `the replacement may land on ${name}, where it could not stay` }
  if (leading.every(({ helps }) => !helps)) {
    return { reason: 'WouldNotHelp', message: `the replacement would land on ${name}, which does not lower the skew` }
  }
  return { reason: 'LandingOpen', message: `the replacement may land on ${name}, which does not lower the skew` }
}
