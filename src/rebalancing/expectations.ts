import type { BudgetRecord } from '../cluster/budget.ts'
import type { PodRecord } from '../cluster/pod.ts'
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
  readonly fromDomain: string
  readonly toDomain: string
  readonly controller: { readonly kind: string; readonly name: string }
  /** End of the pod's grace period, once it is terminating. */
  readonly leavesAt: number | undefined
  /** The replacement was created at this time or later, by the API server's clock, which counts in whole seconds. */
  readonly bornAfter: number
  /** No replacement is older than this, whatever the clocks say: whoever of its controller is as young was there before, and is known. */
  readonly bornFloor: number
  /**
   * Uids of pods that may look like its replacement and are not: those of its controller that were there before the request though born no
   * earlier than {@link bornFloor}, and the replacements of other evictions.
   */
  readonly notReplacements: readonly string[]
  /** The domain where the replacement was first bound; empty for a node without the key. */
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
    controller: { kind: pod.controller?.kind ?? '', name: pod.controller?.name ?? '' },
    budgets,
    budgetShows: false,
    leavesAt: undefined,
    bornAfter: now,
    bornFloor,
    notReplacements: others.filter(({ createdAt }) => createdAt >= bornFloor).map(({ uid }) => uid),
    landedIn: undefined,
    overdue: false,
  }
}

/** The second that a creationTimestamp of this moment shows: it counts in whole seconds. */
export function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000
}

/** Notes that this status of a budget counts the evictions it names (`disruptedPods`), however briefly it is to be seen. */
export function markShown(expectations: readonly Expectation[], budget: BudgetRecord): readonly Expectation[] {
  return expectations.map(expectation =>
    !expectation.budgetShows && expectation.namespace === budget.namespace && budget.status.disruptedPods.has(expectation.pod)
      ? { ...expectation, budgetShows: true }
      : expectation,
  )
}
