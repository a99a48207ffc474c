import type { Labels } from '../cluster/labels.ts'
import { drainDeadlock } from './drain-deadlock.ts'
import { ownedIn, ownerUidsOf, pauseOf, workloadsOf } from './group-owners.ts'
import type { Group } from './groups.ts'
import type { Policy } from './policy.ts'
import type { Veto } from './reasons.ts'
import type { SpreadState } from './spread-state.ts'
import { observedIn, unactedBecause, type StandingGroup } from './standing-group.ts'
import { urgencyOf, type Urgency } from './urgency.ts'

/** A group as the index has it, with its place among those to be helped. */
export interface IndexedGroup extends StandingGroup {
  readonly urgency: Urgency
}

/** @param state nothing has been imagined of it yet */
export function indexedGroupOf(state: SpreadState, policy: Policy): IndexedGroup {
  const { group } = state
  const { members, namespace, cluster } = group
  const owned = ownedIn(members, cluster)
  const observed = observedIn(state)
  return {
    state,
    ...observed,
    workloads: workloadsOf(owned),
    owners: ownerUidsOf(owned),
    labels: labelsIn(group),
    pause: pauseOf(namespace, owned, cluster),
    unacted: unactedBecause(state, policy),
    deadlock: deadlockIn({ state, ...observed }),
    urgency: urgencyOf(group),
  }
}

/** What keeps a group that is within its maxSkew from taking more pods, as its nodes are now. */
export function deadlockIn({ state, excess }: Pick<StandingGroup, 'state' | 'excess'>): Veto | undefined {
  return excess === 0 ? drainDeadlock(state) : undefined
}

function labelsIn({ members, cluster }: Group): ReadonlySet<Labels> {
  const found = new Set<Labels>()
  let latest: Labels | undefined
  for (const pod of members) {
    const labels = cluster.tellingLabels(pod)
    if (labels !== latest) found.add((latest = labels))
  }
  return found
}
