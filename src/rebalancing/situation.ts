import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { DomainHold, Drain, Situation, WorkloadHold } from '../planning/situation.ts'
import { workloadKey } from '../planning/workload-key.ts'
import { coolDownHolds, scaledRecently } from './cool-downs.ts'
import type { Deferral } from './deferrals.ts'
import { refusalHolds, refusedPods, type Refusal } from './refusals.ts'
import type { Expectation } from './expectations.ts'
import type { History } from './history.ts'
import { quarantineHolds } from './quarantine.ts'
import { doubtOn } from './replacements.ts'

/** What those who watch the cluster have seen happen to it of late. */
interface Seen {
  readonly domainHolds: readonly DomainHold[]
  readonly drains: readonly Drain[]
  /** Workloads that were scaled. */
  readonly scaled: readonly WorkloadHold[]
}

/**
 * What the planner must know beyond the cluster.
 *
 * @param now milliseconds since the epoch @param coolDown milliseconds
 */
export function situationOf(
  history: History,
  deferrals: readonly Deferral[],
  refusals: readonly Refusal[],
  cluster: ClusterReader,
  { domainHolds, drains, scaled }: Seen,
  now: number,
  coolDown: number,
): Situation {
  const inFlight = history.expectations.filter(({ overdue }) => !overdue)
  const busy = new Set(inFlight.map(workloadKey))
  return {
    now,
    domainHolds,
    drains,
    workloadHolds: [
      ...history.expectations.filter(({ overdue }) => overdue).map(overdueHold),
      ...quarantineHolds(history.quarantines, now),
      ...refusalHolds(refusals, now),
      ...coolDownHolds(history.rounds, busy, now, coolDown),
      ...scaledRecently(cluster, now, coolDown),
      ...scaled,
    ],
    inFlight,
    deferred: deferrals.map(({ scope }) => scope),
    refused: refusedPods(refusals, now),
  }
}

function overdueHold(expectation: Expectation): WorkloadHold {
  const { namespace, workload, pod, replacementUid } = expectation
  const doubt = replacementUid === undefined ? doubtOn(expectation) : ''
  const message = `the replacement of ${pod} is not Ready long after its eviction${doubt}`
  return { namespace, ...workload, reason: 'ReplacementPending', until: undefined, message }
}
