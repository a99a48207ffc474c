import type { Labels, LabelSelector } from '../cluster/labels.ts'
import { notActedOn } from './acted-on.ts'
import type { WorkloadName } from './plan-types.ts'
import type { Policy } from './policy.ts'
import type { Veto } from './reasons.ts'
import type { SpreadState } from './spread-state.ts'
import { podsIn, skewOfTally, type Tally } from './tally.ts'

/** What is known of a group by itself, whatever the situation. */
export interface StandingGroup {
  readonly state: SpreadState
  /** Counts as the cluster has them, before arrivals under way are imagined. */
  readonly observed: Tally
  readonly skew: number
  readonly excess: number
  readonly workloads: readonly WorkloadName[]
  /** Uids of what owns its members, from their controllers upwards. */
  readonly owners: ReadonlySet<string>
  /** Of its members. */
  readonly labels: ReadonlySet<Labels>
  /** A person paused it. */
  readonly pause: Veto | undefined
  /** Why the group's constraint is reported and not acted on, or can never be violated. */
  readonly unacted: Veto | undefined
  /** Of a group within its maxSkew: what keeps it from taking more pods. */
  readonly deadlock: Veto | undefined
}

/** A group that nothing has been imagined of yet, by its counts alone. */
export function observedIn(state: SpreadState): Pick<StandingGroup, 'observed' | 'skew' | 'excess'> {
  const { tally, index, rule } = state
  return { observed: tally.slice(), skew: skewOfTally(tally, index.names.length, rule), excess: state.excess() }
}

/** Constraints that the policy leaves alone, and those that no move could change. */
export function unactedBecause({ group, index }: SpreadState, policy: Policy): Veto | undefined {
  const { constraint } = group
  const domains = index.names.length
  const countsNothing = countsNothingBecause(constraint.selector)
  if (countsNothing !== undefined) return { reason: 'SelectorCountsNothing', message: countsNothing }
  if (!constraint.selfMatch) return { reason: 'SelectorMissesOwnPods', message: 'its selector does not match the pods that carry it' }
  if (domains === 0) return { reason: 'NoDomains', message: `no node that its pods can run on carries the key ${constraint.topologyKey}` }
  if (domains === 1 && (constraint.minDomains ?? 1) <= 1)
    return { reason: 'OneDomain', message: `its pods can run in one ${constraint.topologyKey} only` }
  return notActedOn(constraint, policy)
}

function countsNothingBecause(selector: LabelSelector): string | undefined {
  switch (selector.kind) {
    case 'requirements':
      return undefined
    case 'invalid':
      return `its selector is not valid, so that no pod is counted: ${selector.problem}`
    case 'everything':
      return 'its selector is empty, for which kube-scheduler counts no pod'
    case 'nothing':
      return 'its selector is null, for which kube-scheduler counts no pod'
  }
}

/** Whether the group counts more than its members, as the sums tell. */
export function hasBystanders({ state: { group, memberDomains }, observed }: Pick<StandingGroup, 'state' | 'observed'>): boolean {
  const members = group.constraint.selfMatch ? memberDomains.filter(domain => domain !== -1).length : 0
  return podsIn(observed) !== members
}
