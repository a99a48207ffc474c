import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { Situation } from '../planning/situation.ts'
import { scaledRecently } from '../rebalancing/cool-downs.ts'
import type { LoopSettings } from '../rebalancing/settings.ts'

/** What a single look at a cluster tells of the situation: neither hold-downs nor evictions in flight, but which workloads were scaled a moment ago. */
export function situationOf(cluster: ClusterReader, now: number, { coolDown }: LoopSettings): Situation {
  return { now, domainHolds: [], workloadHolds: scaledRecently(cluster, now, coolDown), inFlight: [] }
}
