import type { ClusterReader } from '../cluster/cluster-state.ts'
import { durationText } from '../cluster/duration-text.ts'
import { isOverMaxSkew } from '../planning/over-max-skew.ts'
import type { LoopStatus } from '../rebalancing/loop.ts'
import type { Occurrence, Recorder } from '../rebalancing/ports.ts'
import { zoneOf } from './demo-story.ts'

/** What the demo adds up for its last words. */
export interface Tally extends Recorder {
  watch(cluster: ClusterReader, status: LoopStatus): void
  readonly evictions: number
  readonly landed: number
  readonly missed: number
  /** The plan's bound when the first eviction was planned. */
  readonly bound: number
  readonly mostInFlight: number
  /** Budgets of which fewer pods were Ready than they want while respread had an eviction under way, by name. */
  readonly breached: ReadonlySet<string>
}

export function createTally(): Tally {
  const counts = new Map<string, number>()
  const breached = new Set<string>()
  let bound = 0
  let mostInFlight = 0
  return {
    record: ({ reason }: Occurrence) => void counts.set(reason, (counts.get(reason) ?? 0) + 1),
    watch(cluster, { plan, inFlight }) {
      if (bound === 0 && plan !== undefined && plan.evictions.length > 0) bound = plan.summary.reachableBound
      mostInFlight = Math.max(mostInFlight, inFlight)
      if (inFlight === 0) return
      for (const budget of cluster.all('PodDisruptionBudget')) {
        if (budget.status.currentHealthy < budget.status.desiredHealthy) breached.add(`${budget.namespace}/${budget.name}`)
      }
    },
    get evictions() {
      return counts.get('Evicted') ?? 0
    },
    get landed() {
      return counts.get('Landed') ?? 0
    },
    get missed() {
      return counts.get('LandingMissed') ?? 0
    },
    get bound() {
      return bound
    },
    get mostInFlight() {
      return mostInFlight
    },
    breached,
  }
}

/** The last words of the demo. */
export function tallyText(tally: Tally, cluster: ClusterReader, { plan }: LoopStatus, tookMs: number): string {
  const zones = [...Map.groupBy(cluster.pods(), pod => zoneOf(cluster, pod) ?? 'nowhere')]
    .map(([zone, pods]) => `${zone} ${pods.length}`)
    .sort()
  const left = (plan?.groups ?? []).filter(isOverMaxSkew)
  const floors = tally.breached.size === 0 ? 'every budget kept' : `budgets not kept: ${[...tally.breached].join(', ')}`
  return [
    `Done in ${durationText(tookMs)}: ${tally.evictions} evictions, ${tally.bound} were the fewest possible; at most ${tally.mostInFlight} in flight; ${floors}.`,
    `Pods by zone: ${zones.join(', ')}.`,
    ...left.map(group => `Left alone: ${group.namespace}/${group.workload.name} (${group.reason}: ${group.message}).`),
    '',
  ].join('\n')
}
