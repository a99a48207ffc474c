import type { GroupDomain, Risk } from './plan-types.ts'
import type { DomainRooms } from './room.ts'
import type { SpreadState } from './spread-state.ts'

/**
 * What of a group's report is made when looked at: the loop looks at few of thousands of groups, and those of the hostname key have thousands of
 * domains. A class, for an object that has getters of its own is slow in V8.
 */
export class GroupDetails {
  readonly #state: SpreadState
  /** The counts at the end of the plan, which the state does not keep. */
  readonly #after: ReadonlyMap<number, number>
  readonly #room: DomainRooms
  readonly #riskNow: () => Risk
  #domains: readonly GroupDomain[] | undefined
  #risk: Risk | undefined

  constructor(state: SpreadState, room: DomainRooms, riskNow: () => Risk) {
    this.#state = state
    this.#after = state.occupied
    this.#room = room
    this.#riskNow = riskNow
  }

  get domains(): readonly GroupDomain[] {
    const { index, observed } = this.#state
    return (this.#domains ??= index.names.map((name, domain) => ({
      name,
      count: observed.get(domain) ?? 0,
      countAfter: this.#after.get(domain) ?? 0,
      acceptsPods: this.#room(domain) > 0,
    })))
  }

  get memberUids(): readonly string[] {
    return this.#state.group.members.map(pod => pod.uid)
  }

  get memberNames(): readonly string[] {
    return this.#state.group.members.map(pod => pod.name)
  }

  get risk(): Risk {
    return (this.#risk ??= this.#riskNow())
  }
}
