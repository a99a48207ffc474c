import type { PodRecord } from '../cluster/pod.ts'
import { NO_DOMAIN } from '../scheduling/node-layout.ts'
import type { Mark } from '../scheduling/node-partition.ts'
import type { Distinction } from '../scheduling/places.ts'
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
  /** Its excess after the move by the count of the domain landed in, which is all that it depends on; worked out when first asked. */
  readonly excessByCount: (number | undefined)[]
}

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
  const { nodeName: from = '' } = victim
  const left = states.counting(victim)
  const entered = states.counting(replacement)
  return touched.map(state => ({
    state,
    isActedOn: acting.has(state),
    isVictimsOwn: acting.has(state) && context.carries(victim, state),
    mustNotWorsen: mustNotWorsen(state, context),
    was: state.excess(),
    from: left === entered || left.includes(state) ? (state.index.of(from) ?? NO_DOMAIN) : NO_DOMAIN,
    countsReplacement: left === entered || entered.includes(state),
    excessByCount: [],
  }))
}

/** Tells nodes apart as far as it makes a difference to some group: by their domains, or by their counts where each node is a domain. */
export function distinctionOf(affected: readonly Affected[], { closed }: MoveContext): Distinction {
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

function domainOf({ state, countsReplacement }: Affected, slot: number): number {
  return countsReplacement ? (state.index.bySlot[slot] ?? NO_DOMAIN) : NO_DOMAIN
}

/** Whether the group counts the replacement on the node in that slot. It does not where the template has other labels by now, or the node lacks the key. */
export function isCountedOn(affected: Affected, slot: number): boolean {
  return domainOf(affected, slot) !== NO_DOMAIN
}

/** The group's excess once the replacement has landed on the node in that slot. */
export function excessAfter(affected: Affected, slot: number): number {
  const { state, was, from, excessByCount } = affected
  const to = domainOf(affected, slot)
  // What leaves a domain and comes back to it changes nothing.
  if (to === from) return was
  const before = to === NO_DOMAIN ? undefined : state.countIn(to)
  return (excessByCount[(before ?? -1) + 1] ??= state.excessIf(from === NO_DOMAIN ? undefined : state.countIn(from), before))
}

/** The move is made: the victim counts no longer where it was, the replacement where it lands. */
export function count(affected: Affected, slot: number): void {
  const { state, from } = affected
  const to = domainOf(affected, slot)
  if (from !== NO_DOMAIN) state.add(from, -1)
  if (to !== NO_DOMAIN) state.add(to, 1)
}
