import { counted } from './counted.ts'
import type { GroupBrief } from './group-brief.ts'
import type { Blocker, GroupStatus } from './plan-types.ts'
import type { Reason, Veto } from './reasons.ts'
import { skewOfTally } from './tally.ts'

/** The constraint itself makes every move pointless, whatever the policy. */
export function isInert({ reason }: Pick<Veto, 'reason'>): boolean {
  return reason === 'OneDomain' || reason === 'NoDomains' || reason === 'SelectorCountsNothing' || reason === 'SelectorMissesOwnPods'
}

interface Verdict {
  readonly status: GroupStatus
  readonly reason: Reason
  readonly message: string
}

/** Status and main reason of a group after the search. */
export function verdictOf(brief: GroupBrief, planned: number, blockers: readonly Blocker[]): Verdict {
  const { hold, unacted, state, excess, deadlock } = brief
  const { topologyKey } = state.group.constraint
  // As long as some of its pods merely wait, what keeps the others is not the last word.
  const main = blockers.find(({ reason }) => PASSES.has(reason)) ?? blockers[0]
  // Nothing to wait for where no move could ever change the skew; and what is not read as a constraint cannot be violated.
  if (unacted !== undefined && (isInert(unacted) || unacted.reason === 'AntiAffinityNotEnabled')) return { status: 'Balanced', ...unacted }
  if (hold !== undefined) return { status: 'Held', ...hold }
  if (excess === 0) {
    const within: Veto = { reason: 'WithinMaxSkew', message: `the skew over ${topologyKey} is within maxSkew` }
    return { status: 'Balanced', ...(deadlock ?? within) }
  }
  if (unacted !== undefined) return { status: 'Blocked', ...unacted }
  if (planned === 0 && state.excess() === 0) {
    return { status: 'Held', reason: 'ReplacementPending', message: `pods on their way restore the spread over ${topologyKey}` }
  }
  if (planned > 0) return { status: 'Violated', reason: 'MovesPlanned', message: movesText(brief, planned) }
  if (!brief.isSearched) return { status: 'Violated', reason: 'NotYetPlanned', message: 'groups that are worse off come first' }
  if (main === undefined) return { status: 'Blocked', reason: 'WouldNotHelp', message: 'no pod of it may be moved where that helps' }
  return { status: WAITED_FOR.has(main.reason) ? 'Held' : 'Blocked', reason: main.reason, message: main.message }
}

/** These pass by themselves, where room and a cordon need somebody. */
const PASSES: ReadonlySet<Reason> = new Set([
  'DomainOutage',
  'DomainSettling',
  'RollingOut',
  'OrdinalNotReady',
  'ScaledRecently',
  'TooYoung',
  'RefusedByWebhook',
  'EvictionInvalid',
])

/** What a group with nothing planned waits for; a pod that does not start or does not go may be stuck, so others may have more to say. */
const WAITED_FOR: ReadonlySet<Reason> = new Set([...PASSES, 'Terminating', 'Pending'])

function movesText({ state, skew, excess }: GroupBrief, planned: number): string {
  const { group, index, rule, tally } = state
  const { topologyKey } = group.constraint
  const evictions = counted(planned, 'eviction')
  const excessAfter = state.excess()
  if (excessAfter === 0) return `${evictions} ${planned === 1 ? 'restores' : 'restore'} the spread over ${topologyKey}`
  const after = skewOfTally(tally, index.names.length, rule)
  // Another domain is as full as the one that pods leave, or none goes to the emptiest.
  if (after === skew && excessAfter < excess) {
    return `${evictions} ${planned === 1 ? 'lowers' : 'lower'} the excess over ${topologyKey} from ${excess} to ${excessAfter}, and the skew stays ${skew}`
  }
  return `${evictions} ${planned === 1 ? 'brings' : 'bring'} the skew over ${topologyKey} from ${skew} to ${after}`
}
