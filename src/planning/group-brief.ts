import type { Veto } from './reasons.ts'
import type { DomainRooms } from './room.ts'
import type { StandingGroup } from './standing-group.ts'

/** Everything known about one group before anything moves. */
export interface GroupBrief extends StandingGroup {
  /** Why the group waits. */
  readonly hold: Veto | undefined
  /** Moves were looked for, if it needs any. */
  readonly isSearched: boolean
  /** In step with the members: why each must not be evicted. Not asked for, and empty, where nothing depends on it. */
  readonly vetoes: readonly (Veto | undefined)[]
  /** Copies that a domain has room for when it is asked, which must not be while moves are imagined. */
  readonly room: DomainRooms
}
