import { isAboveMinimum, type LeftAlone } from './blockers.ts'
import type { GroupBrief } from './group-brief.ts'
import type { ObstacleFinder } from './obstacles.ts'
import type { Veto } from './reasons.ts'

/**
 * Why the members of a violated group that stand above its lowest count are not moved, and those on nodes that do not count, if they could fill up
 * a domain.
 */
export function leftAloneIn(
  { state, excess, vetoes, hold, unacted, isSearched }: GroupBrief,
  moved: ReadonlyMap<string, unknown>,
  refused: ReadonlyMap<string, Veto>,
  obstacleTo: ObstacleFinder | undefined,
): LeftAlone {
  if (excess === 0 || (!isSearched && hold === undefined)) return NO_ONE
  const isRestored = state.excess() === 0
  if (isRestored && hold === undefined && unacted === undefined && vetoes.every(veto => veto === undefined)) return NO_ONE
  const isFilledUp = state.excessIf(undefined, state.lowest()) === state.excess()
  const leftAlone: (readonly [string, Veto])[] = []
  for (const [member, pod] of state.group.members.entries()) {
    const { uid } = pod
    const domain = state.memberDomains[member] ?? -1
    if (domain === -1 ? isFilledUp : !isAboveMinimum(state, domain)) continue
    // Where the moves of others are enough, nothing need be said of landings that were looked for on the way.
    const veto = vetoes[member] ?? hold ?? unacted ?? (isRestored ? undefined : explained(refused.get(uid), obstacleTo?.(pod)))
    if (veto !== undefined && !moved.has(uid)) leftAlone.push([uid, veto])
  }
  return leftAlone
}

const NO_ONE: LeftAlone = []

// A landing that does not help is the symptom; what keeps the needy domains from taking the pod is the cause, where there is one.
function explained(refusal: Veto | undefined, obstacle: Veto | undefined): Veto | undefined {
  // The search does not try a pod whose group no move can help.
  if (refusal === undefined) return obstacle
  const isSymptom = refusal.reason === 'NoLanding' || refusal.reason === 'WouldNotHelp' || refusal.reason === 'LandingOpen'
  return isSymptom ? (obstacle ?? refusal) : refusal
}
