import type { CandidateNode } from '../scheduling/prediction.ts'
import { excessAfter, isCountedOn, type Affected } from './affected.ts'
import type { MoveContext } from './move-context.ts'
import type { Veto } from './reasons.ts'

/** What the excess of the groups acted on would be in all after a landing on the node in that slot. */
export function excessWith(slot: number, affected: readonly Affected[]): number {
  let sum = 0
  for (const each of affected) if (each.isActedOn) sum += excessAfter(each, slot)
  return sum
}

/**
 * Whether a landing there lowers the excess of a group acted on whose constraint the victim carries, in a domain of that group, and raises none that
 * must not worsen; its domain must accept landings.
 */
function helps(slot: number, affected: readonly Affected[], { closed }: MoveContext): boolean {
  let isLowered = false
  for (const each of affected) {
    const { was, isVictimsOwn } = each
    const excess = excessAfter(each, slot)
    if (excess > was && each.mustNotWorsen) return false
    isLowered ||= isVictimsOwn && excess < was && isCountedOn(each, slot)
  }
  return isLowered && closed?.[slot] !== 1
}

/** Whether the landing lowers the excess of a group acted on. */
export function lowers(slot: number, affected: Affected): boolean {
  return affected.isActedOn && excessAfter(affected, slot) < affected.was
}

/** A node that is about to go helps nobody, but the scheduler may choose it all the same where the pod tolerates that. */
export function isGood({ slot, stays }: CandidateNode, affected: readonly Affected[], context: MoveContext): boolean {
  return stays && helps(slot, affected, context)
}

/** Why a move with these leading landings, one of which is not good at least, cannot be relied on. */
export function whyOpen(leading: readonly CandidateNode[], affected: readonly Affected[], context: MoveContext): Veto {
  const { closedNodes } = context
  const offender = leading.find(node => !isGood(node, affected, context))
  if (offender === undefined) return { reason: 'NoLanding', message: 'no node would take the replacement' }
  const { name, slot } = offender
  const closed = closedNodes.get(name)
  if (closed !== undefined) return closed
  const raised = affected.find(each => each.mustNotWorsen && excessAfter(each, slot) > each.was)
  if (raised !== undefined) {
    const { constraint, members, representative } = raised.state.group
    // No report is about such a group, so it is named here.
    const whose = members.length === 0 ? ` of ${representative.name}, which waits for a node` : ''
    const message = `the replacement may land on ${name}, which raises the excess over ${constraint.topologyKey}${whose}`
    return { reason: 'WouldWorsenOther', message }
  }
  if (helps(slot, affected, context))
    return { reason: 'LandingOpen', message: `the replacement may land on ${name}, where it could not stay` }
  if (leading.every(node => !helps(node.slot, affected, context))) {
    return { reason: 'WouldNotHelp', message: `the replacement would land on ${name}, which does not lower the skew` }
  }
  return { reason: 'LandingOpen', message: `the replacement may land on ${name}, which does not lower the skew` }
}
