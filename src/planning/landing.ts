import type { CandidateNode } from '../scheduling/prediction.ts'
import { excessAfter, isCountedOn, type Affected } from './affected.ts'
import type { MoveContext } from './move-context.ts'
import type { Veto } from './reasons.ts'

/** What a landing on a node would do to the groups. */
export interface Landing {
  readonly node: CandidateNode
  /**
   * It lowers the excess of a group acted on whose constraint the victim carries, in a domain of that group; it raises none that must not worsen, and
   * its domain accepts landings.
   */
  readonly helps: boolean
  /** Sum over the groups acted on. */
  readonly excess: number
}

export function landingOn(node: CandidateNode, affected: readonly Affected[], { closed }: MoveContext): Landing {
  let sum = 0
  let isLowered = false
  let isRaised = false
  for (const each of affected) {
    const { was, isActedOn, isVictimsOwn } = each
    const excess = excessAfter(each, node.slot)
    if (isActedOn) sum += excess
    isLowered ||= isVictimsOwn && excess < was && isCountedOn(each, node.slot)
    isRaised ||= excess > was && each.mustNotWorsen
  }
  return { node, helps: isLowered && !isRaised && closed?.[node.slot] !== 1, excess: sum }
}

/** Whether the landing lowers the excess of a group acted on. */
export function lowers({ node }: Landing, affected: Affected): boolean {
  return affected.isActedOn && excessAfter(affected, node.slot) < affected.was
}

/** A node that is about to go helps nobody, but the scheduler may choose it all the same where the pod tolerates that. */
export const isGood = ({ node, helps }: Landing): boolean => node.stays && helps

/** Why a move with these leading landings, one of which is not good at least, cannot be relied on. */
export function whyOpen(leading: readonly Landing[], affected: readonly Affected[], { closedNodes }: MoveContext): Veto {
  const offender = leading.find(landing => !isGood(landing))
  if (offender === undefined) return { reason: 'NoLanding', message: 'no node would take the replacement' }
  const { name, slot } = offender.node
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
  if (offender.helps) return { reason: 'LandingOpen', message: `the replacement may land on ${name}, where it could not stay` }
  if (leading.every(({ helps }) => !helps)) {
    return { reason: 'WouldNotHelp', message: `the replacement would land on ${name}, which does not lower the skew` }
  }
  return { reason: 'LandingOpen', message: `the replacement may land on ${name}, which does not lower the skew` }
}
