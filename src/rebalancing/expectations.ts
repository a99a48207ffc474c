import type { BudgetRecord } from '../cluster/budget.ts'
import type { ClusterReader, Delta } from '../cluster/cluster-state.ts'
import type { OwnerRef, PodRecord } from '../cluster/pod.ts'
import type { PlannedEviction } from '../planning/plan-types.ts'
import type { InFlight } from '../planning/situation.ts'

/** The server's clock may be behind ours by so much, in milliseconds, whatever pods are there; by more if all of them are older. */
const CLOCK_SKEW = 60_000

/**
 * What one eviction leads the loop to expect, remembered by the pod's uid from before the request goes out until its replacement is Ready:
 *
 *     Requested ──accepted──> Evicted ──> replacement known ──> landed ──> Ready: closed
 *       │    └──no answer──> Unanswered ──the pod is seen leaving──> Evicted
 *       │                        └──it is still there, and the view is newer than the request──> closed, never happened
 *       └──refused──> closed
 *
 * An Evicted one that is not Ready by its deadline is overdue: no longer in flight, but its workload is held until it is.
 */
export interface Expectation extends InFlight {
  readonly stage: 'Requested' | 'Unanswered' | 'Evicted'
  /** When the stage began; milliseconds since the epoch, here and below. */
  readonly since: number
  /** The group by which the landing is judged, and its key. */
  readonly group: string
  readonly topologyKey: string
  readonly fromDomain: string | undefined
  readonly toDomain: string
  /** Where else it may land, which helps this or another of its groups. */
  readonly toDomains: readonly string[]
  readonly controller: Pick<OwnerRef, 'apiVersion' | 'kind' | 'name'>
  /** End of the pod's grace period, once it is terminating. */
  readonly leavesAt: number | undefined
  /** The replacement was created at this time or later, by the API server's clock, which counts in whole seconds. */
  readonly bornAfter: number
  /** No replacement is older than this, whatever the clocks say: whoever of its controller is as young was there before, and is known. */
  readonly bornFloor: number
  /**
   * Uids of pods that may look like its replacement and are not: those of its controller that were there before the request, or before it was
   * seen to leave, though born no earlier than {@link bornFloor}; and the replacements of other evictions.
   */
  readonly notReplacements: readonly string[]
  /** The domain where the replacement was first bound; empty for a node without the key too. */
  readonly landedIn: string | undefined
  readonly overdue: boolean
}

/**
 * What an eviction about to be requested leads to.
 *
 * @param pod the victim as it is now @param budgets names of those that cover it @param now milliseconds since the epoch
 * @param siblings the pods of its controller that are there now
 */
export function expectationOf(
  eviction: PlannedEviction,
  pod: PodRecord,
  budgets: readonly string[],
  now: number,
  siblings: Iterable<PodRecord> = [],
): Expectation {
  const others = [...siblings]
  const youngest = Math.max(...others.map(({ createdAt }) => createdAt))
  const trusted = wholeSecond(now) - CLOCK_SKEW
  const bornFloor = others.length === 0 ? trusted : Math.min(trusted, youngest)
  return {
    namespace: eviction.namespace,
    pod: eviction.pod,
    uid: eviction.uid,
    node: eviction.node,
    workload: eviction.workload,
    controllerUid: eviction.controllerUid,
    evictedAt: now,
    replacementUid: undefined,
    stage: 'Requested',
    since: now,
    group: eviction.groups[0] ?? '',
    topologyKey: eviction.topologyKey,
    fromDomain: eviction.fromDomain,
    toDomain: eviction.toDomain,
    toDomains: eviction.toDomains,
    controller: { apiVersion: pod.controller?.apiVersion ?? '', kind: pod.controller?.kind ?? '', name: pod.controller?.name ?? '' },
    budgets,
    budgetShows: false,
    leavesAt: undefined,
    bornAfter: now,
    bornFloor,
    notReplacements: youngOf(others, bornFloor),
    landedIn: undefined,
    overdue: false,
  }
}

/** The second that a creationTimestamp of this moment shows: it counts in whole seconds. */
export function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000
}

/** What a change of the cluster tells of what is expected, however briefly it is to be seen. */
export function heed(expectations: readonly Expectation[], { before, after }: Delta, cluster: ClusterReader): readonly Expectation[] {
  if (after?.kind === 'PodDisruptionBudget') return markShown(expectations, after)
  if (before?.kind !== 'Pod' || before.deletedAt !== undefined || !expectations.some(({ uid }) => uid === before.uid)) return expectations
  const isStill = after?.kind === 'Pod' && after.uid === before.uid
  return isStill && after.deletedAt === undefined ? expectations : markLeaving(expectations, before.uid, cluster)
}

/** Notes that this status of a budget counts the evictions it names (`disruptedPods`). */
function markShown(expectations: readonly Expectation[], budget: BudgetRecord): readonly Expectation[] {
  return expectations.map(expectation =>
    !expectation.budgetShows && expectation.namespace === budget.namespace && budget.status.disruptedPods.has(expectation.pod)
      ? { ...expectation, budgetShows: true }
      : expectation,
  )
}

/**
 * Notes that a victim begins to leave: whoever of its controller is there by now was created before, for the watch keeps the order of all pods.
 * Creation times tell no more than the second.
 */
function markLeaving(expectations: readonly Expectation[], uid: string, cluster: ClusterReader): readonly Expectation[] {
  return expectations.map(expectation => {
    if (expectation.uid !== uid) return expectation
    const others = [...cluster.podsOf(expectation.controllerUid)].filter(pod => pod.uid !== uid)
    return { ...expectation, notReplacements: union(expectation.notReplacements, youngOf(others, expectation.bornFloor)) }
  })
}

/** Uids of the pods that are young enough to be taken for a replacement. */
function youngOf(pods: readonly PodRecord[], bornFloor: number): readonly string[] {
  return pods.filter(({ createdAt }) => createdAt >= bornFloor).map(({ uid }) => uid)
}

const union = (known: readonly string[], more: readonly string[]): readonly string[] => [...new Set([...known, ...more])]
