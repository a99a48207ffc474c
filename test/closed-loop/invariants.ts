import type { ClusterReader } from '../../src/cluster/cluster-state.ts'
import type { Labels } from '../../src/cluster/labels.ts'
import { matchesLabels } from '../../src/cluster/label-selector.ts'
import type { PodRecord } from '../../src/cluster/pod.ts'
import { ownersOf } from '../../src/planning/workloads.ts'
import { budgetsOf } from '../../src/scheduling/budget-arithmetic.ts'
import { isReady, isTerminating } from '../../src/simulation/pod-facts.ts'
import { followFlights, type Flight } from './flights.ts'
import { excessByHand } from './spread-by-hand.ts'
import { SECOND, type Request, type World } from './world.ts'
import { watchZones } from './zones-by-hand.ts'

/** What the watcher of a world has found. */
export interface Invariants {
  /** What must always hold and did not, one sentence each. */
  readonly breaches: readonly string[]
  /** The evictions that the server has carried out, in order. Judged by what happened, not by what was answered. */
  readonly flights: readonly Flight[]
  /** Calls the listener with each eviction as it is carried out, and how many are in flight with it. */
  onEviction(listener: (flight: Flight, inFlight: number) => void): void
  /** Somebody else changes the cluster: what the excess was before no longer counts. @param ms until the change has taken effect */
  disturbed(ms?: number): void
}

/** What the watch, the request and the loop's own look take together at most, in milliseconds. */
const LAG = 2 * SECOND

/**
 * Watches, from the side of the cluster and by bookkeeping of its own, what must always hold: one eviction a pod, written
 * down before it is asked for, with the lease and on a fresh view; the caps in flight and the budgets; nothing while a zone is down, and nothing into
 * one that has not held still; no excess raised from one quiet point to the next.
 *
 * @param foreseeable false where nobody can tell where the scheduler puts a pod that it may put anywhere: then only what hard constraints force
 *   must hold
 */
export function watchInvariants(world: World, foreseeable = true): Invariants {
  const { clock, cluster, policy, settings, mirror, requests } = world
  const breaches: string[] = []
  const flights = followFlights(world)
  const zones = watchZones(world)
  let quiet: ReadonlyMap<string, number> | undefined
  let shownFrom = 0
  const breach = (text: string): void => void breaches.push(`${new Date(clock.now()).toISOString()} ${text}`)

  const checkCaps = (): void => {
    const { caps } = policy
    const most = (what: string, by: (flight: Flight) => string | undefined, cap: (flight: Flight) => number): void => {
      for (const [key, found] of Map.groupBy(flights.open, by)) {
        const limit = found[0] === undefined ? 0 : cap(found[0])
        if (key !== undefined && found.length > limit) breach(`${found.length} in flight ${what} ${key}, at most ${limit}`)
      }
    }
    const replicasOf = ({ victim }: Flight): number => ownersOf(cluster.state, victim).top?.replicas ?? 1
    const node = ({ victim }: Flight): string | undefined => victim.nodeName
    const namespace = ({ victim }: Flight): string => victim.namespace
    const everywhere = (): string => 'the cluster'
    const uncovered = ({ covered, workload }: Flight): string | undefined => (covered ? undefined : workload)
    most('from node', node, () => caps.node)
    most('in namespace', namespace, () => caps.namespace)
    most('in', everywhere, () => caps.cluster)
    most('of workload', uncovered, flight => Math.max(1, Math.floor((replicasOf(flight) * caps.workloadPercent) / 100)))
  }

  /** Pods that have ceased to serve, and when: the server itself lets an eviction pass as long as a budget's status does not show that. */
  const lost: { readonly uid: string; readonly namespace: string; readonly labels: Labels; readonly at: number }[] = []
  const isServing = (pod: PodRecord): boolean => pod.ready && pod.deletedAt === undefined

  /** What is left after an eviction must be what the budget asked for; what its owner or others do to it later is not ours. */
  const checkBudgets = ({ victim }: Flight): void => {
    const justLost = lost.filter(({ uid, at }) => clock.now() - at < LAG && !flights.all.some(one => one.victim.uid === uid))
    for (const { namespace, name, selector, status } of budgetsOf(cluster.state, victim)) {
      const isCovered = (pod: Pick<PodRecord, 'namespace' | 'labels'>): boolean =>
        pod.namespace === namespace && matchesLabels(selector, pod.labels)
      const healthy = [...cluster.state.podsIn(namespace)].filter(pod => isCovered(pod) && isServing(pod) && pod.uid !== victim.uid).length
      if (healthy + justLost.filter(isCovered).length < status.desiredHealthy) {
        breach(`an eviction leaves budget ${name} ${healthy} of ${status.desiredHealthy} healthy pods`)
      }
    }
  }

  const checkExcess = (): void => {
    if (mirror.stalledSince !== undefined || clock.now() < shownFrom) return
    for (const pod of cluster.state.pods()) if (pod.deletedAt !== undefined || pod.nodeName === undefined || !pod.ready) return
    if (flights.open.length > 0 || controllersAreBusy(cluster.state)) return
    const now = excessByHand(cluster.state)
    for (const [group, excess] of now) {
      const isForced = group.includes('DoNotSchedule')
      if ((foreseeable || isForced) && excess > (quiet?.get(group) ?? excess)) breach(`the excess of ${group} rose to ${excess}`)
    }
    quiet = now
  }

  flights.onBegin(flight => {
    const { uid, name } = flight.victim
    if (flights.all.some(other => other !== flight && other.victim.uid === uid)) breach(`pod ${name} is evicted twice`)
    checkCaps()
    checkBudgets(flight)
  })
  flights.onLanding(({ at, landing, victim }) => {
    if (landing === undefined || !foreseeable) return
    const upBefore = zones.upFor(landing.zone) - (clock.now() - at)
    const fooledBy = Math.max(0, requests.findLast(({ uid }) => uid === victim.uid)?.sender.aheadAtStart ?? 0)
    // A zone that came back after the eviction could not be foreseen.
    if (upBefore >= LAG && upBefore < settings.holdDown - fooledBy) {
      breach(`${victim.name} was evicted and landed in ${landing.zone}, which had held still for ${upBefore / SECOND} s`)
    }
  })
  cluster.store.subscribe(({ resource, type, object, previous }) => {
    if (resource === 'pods' && previous !== undefined && isReady(previous) && !isTerminating(previous)) {
      const { uid = '', namespace = '', labels = {} } = object.metadata
      const isLost = type === 'DELETED' || !isReady(object) || isTerminating(object)
      if (isLost) lost.push({ uid, namespace, labels: new Map(Object.entries(labels)), at: clock.now() })
    }
    if (resource === 'pods' || resource === 'nodes') checkExcess()
  })
  world.onRequest(({ pod, uid, sender }) => {
    const { stalledSince } = mirror
    const age = stalledSince === undefined ? 0 : clock.monotonic() - stalledSince
    if (age > settings.freshness) breach(`${pod} is asked for on a stale view`)
    const before = requests.slice(0, -1).filter(request => request.uid === uid)
    if (before.some(request => request.outcome === undefined && request.sender.alive)) {
      breach(`${pod} is asked for again before the answer has come`)
    }
    const mayStillHappen = ({ outcome, answeredAt = 0 }: Request): boolean =>
      outcome?.kind === 'Lost' && clock.now() - answeredAt < settings.evictionRequestDeadline
    if (before.some(mayStillHappen)) breach(`${pod} is asked for again while the first request may still happen`)
    if (!sender.mayAct()) breach(`${pod} is asked for without the lease`)
    if (!isWrittenDown(world.history.text, uid)) breach(`${pod} is asked for and was not written down before`)
    const downFor = zones.downFor() - age
    if (downFor > LAG) breach(`${pod} is asked for while a zone has been down for ${downFor / SECOND} s`)
  })
  return {
    breaches,
    flights: flights.all,
    onEviction: listener => flights.onBegin(flight => listener(flight, flights.open.length)),
    disturbed: (ms = SECOND) => {
      shownFrom = Math.max(shownFrom, clock.now() + ms)
      quiet = undefined
      clock.after(ms, checkExcess)
    },
  }
}

/** In the middle of a rollout, or before a StatefulSet has made its next pod, a moment may look quiet. */
function controllersAreBusy(cluster: ClusterReader): boolean {
  for (const { generation, observedGeneration, replicas, status } of cluster.all('Deployment')) {
    if (observedGeneration < generation || status.updatedReplicas < replicas || status.replicas > status.updatedReplicas) return true
  }
  for (const kind of ['ReplicaSet', 'StatefulSet'] as const) {
    for (const { uid, replicas } of cluster.all(kind)) if ([...cluster.podsOf(uid)].length !== replicas) return true
  }
  return false
}

function isWrittenDown(history: string | undefined, uid: string): boolean {
  const { expectations } = JSON.parse(history ?? '{"expectations":[]}') as { expectations: readonly { uid: string }[] }
  return expectations.some(expectation => expectation.uid === uid)
}
