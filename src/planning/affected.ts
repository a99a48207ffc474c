import type { PodRecord } from '../cluster/pod.ts'
import { NO_DOMAIN } from '../scheduling/node-layout.ts'
import { mustNotWorsen, type MoveContext } from './move-context.ts'
import type { SpreadState } from './spread-state.ts'

/** A group that a move changes. */
export interface Affected {
  readonly state: SpreadState
  readonly isActedOn: boolean
  /** It is acted on, and the victim carries its constraint. */
  readonly isVictimsOwn: boolean
  readonly mustNotWorsen: boolean
  /** Its excess before the move. */
  readonly was: number
  /** The domain that the victim is counted in; {@link NO_DOMAIN} where it is in none. */
  readonly from: number
  readonly countsReplacement: boolean
  /** What the excess after the move depends on is the count of the domain landed in: the one asked about last, and that excess. */
  latestCount: number
  latestExcess: number
}

const UNASKED = -2
const OUTSIDE = -1

/**
 * Groups as they are before the move.
 *
 * @param touched those that count the victim or its replacement
 */
export function affectedBy(
  touched: readonly SpreadState[],
  victim: PodRecord,
  replacement: PodRecord,
  context: MoveContext,
): readonly Affected[] {
  const { states, acting } = context
  const slot = context.whatIf.model.nodeSlots().slotOf(victim.nodeName ?? '') ?? -1
  const left = states.counting(victim)
  const entered = states.counting(replacement)
  return touched.map(state => {
    const isActedOn = acting.has(state)
    return {
      state,
      isActedOn,
      isVictimsOwn: isActedOn && context.carries(victim, state),
      mustNotWorsen: isActedOn || mustNotWorsen(state, context),
      was: state.excess(),
      from: left === entered || left.includes(state) ? (state.index.bySlot[slot] ?? NO_DOMAIN) : NO_DOMAIN,
      countsReplacement: left === entered || entered.includes(state),
      latestCount: UNASKED,
      latestExcess: 0,
    }
  })
}

function domainOf({ state, countsReplacement }: Affected, slot: number): number {
  return countsReplacement ? (state.index.bySlot[slot] ?? NO_DOMAIN) : NO_DOMAIN
}

/** Whether the group counts the replacement on the node in that slot. It does not where the template has other labels by now, or the node lacks the key. */
export function isCountedOn(affected: Affected, slot: number): boolean {
  return domainOf(affected, slot) !== NO_DOMAIN
}

/** The group's excess once the replacement has landed on the node in that slot. */
export function excessAfter(affected: Affected, slot: number): number {
  const { state, was, from } = affected
  const to = domainOf(affected, slot)
  // What leaves a domain and comes back to it changes nothing.
  if (to === from) return was
  const before = to === NO_DOMAIN ? undefined : state.countIn(to)
  const countNow = before ?? OUTSIDE
  if (affected.latestCount !== countNow) {
    affected.latestCount = countNow
    affected.latestExcess = state.excessIf(from === NO_DOMAIN ? undefined : state.countIn(from), before)
  }
  return affected.latestExcess
}

/** The move is made: the victim counts no longer where it was, the replacement where it lands. */
export function count(affected: Affected, slot: number): void {
  const { state, from } = affected
  const to = domainOf(affected, slot)
  if (from !== NO_DOMAIN) state.add(from, -1)
  if (to !== NO_DOMAIN) state.add(to, 1)
}

/** Whether a landing is the same to all of them on either node: in the same domain or, where each node is one, in domains of equal counts. */
export function countAlike(affected: readonly Affected[], slot: number, other: number): boolean {
  return affected.every(each => {
    const [one, another] = [domainOf(each, slot), domainOf(each, other)]
    if (one === another || one === NO_DOMAIN || another === NO_DOMAIN) return one === another
    const { index, countIn } = each.state
    return index.isPerNode && countIn(one) === countIn(another)
  })
}
