import { matchesLabels } from '../../src/cluster/label-selector.ts'
import type { PodRecord } from '../../src/cluster/pod.ts'
import { ownersOf } from '../../src/planning/workloads.ts'
import { budgetsOf } from '../../src/scheduling/budget-arithmetic.ts'
import { SECOND, type World } from './world.ts'

/** An eviction of a loop that the server has carried out, until its replacement is Ready. */
interface Flight {
  readonly pod: PodRecord
  readonly workload: string
  readonly covered: boolean
  readonly at: number
  /** How many pods had ever been created by then: its replacement is a later one. */
  readonly bornFrom: number
  replacement: string | undefined
}

/** What the watcher of a world has found. */
export interface Invariants {
  /** What must always hold and did not, one sentence each. */
  readonly breaches: readonly string[]
  /** Uids of the pods that loops have evicted, in order. Judged by what happened, not by what was answered. */
  readonly evicted: readonly string[]
  /** From now on evictions must keep the budgets and excess must not rise: the cluster is up. */
  guard(): void
  /** Somebody else changes the cluster: what the excess was before no longer counts. @param ms until the change has taken effect */
  disturbed(ms?: number): void
}

/**
 * Watches, from the side of the cluster and by bookkeeping of its own, what the design says must always hold: one eviction a pod, the caps in
 * flight, the budgets, no request on a stale view, no excess raised from one quiet point to the next.
 */
export function watchInvariants(world: World): Invariants {
  const { clock, cluster, policy, settings, mirror } = world
  const breaches: string[] = []
  const evicted: string[] = []
  let flights: Flight[] = []
  /** Uids in the order of creation, which creation timestamps tell to the second only. */
  const births: string[] = []
  const claimed = new Set<string>()
  let guarding = false
  let quiet: ReadonlyMap<string, number> | undefined
  let changed = true
  let shownFrom = 0
  const breach = (text: string): void => void breaches.push(`${new Date(clock.now()).toISOString()} ${text}`)

  const checkCaps = (): void => {
    const { caps } = policy
    const most = (what: string, by: (flight: Flight) => string | undefined, cap: (flight: Flight) => number): void => {
      for (const [key, found] of Map.groupBy(flights, by)) {
        const limit = found[0] === undefined ? 0 : cap(found[0])
        if (key !== undefined && found.length > limit) breach(`${found.length} in flight ${what} ${key}, at most ${limit}`)
      }
    }
    most(
      'from node',
      ({ pod }) => pod.nodeName,
      () => caps.node,
    )
    most(
      'in namespace',
      ({ pod }) => pod.namespace,
      () => caps.namespace,
    )
    most(
      'in',
      () => 'the cluster',
      () => caps.cluster,
    )
    most(
      'of workload',
      ({ covered, workload }) => (covered ? undefined : workload),
      ({ pod }) => Math.max(1, Math.floor(((ownersOf(cluster.state, pod).top?.replicas ?? 1) * caps.workloadPercent) / 100)),
    )
  }

  /** What is left after an eviction must be what the budget asked for; what its owner or others do to it later is not ours. */
  const checkBudgets = (victim: PodRecord): void => {
    for (const budget of budgetsOf(cluster.state, victim)) {
      const covered = [...cluster.state.podsIn(budget.namespace)].filter(pod => matchesLabels(budget.selector, pod.labels))
      const healthy = covered.filter(pod => pod.ready && pod.deletedAt === undefined && pod.uid !== victim.uid).length
      const { desiredHealthy } = budget.status
      if (guarding && healthy < desiredHealthy)
        breach(`an eviction leaves budget ${budget.name} ${healthy} of ${desiredHealthy} healthy pods`)
    }
  }

  const onEvicted = (uid: string, pod: PodRecord): void => {
    if (evicted.includes(uid)) breach(`pod ${pod.name} is evicted twice`)
    evicted.push(uid)
    const { name } = ownersOf(cluster.state, pod)
    const workload = `${pod.namespace}/${name.kind}/${name.name}`
    const covered = budgetsOf(cluster.state, pod).length > 0
    flights.push({ pod, workload, covered, at: clock.now(), bornFrom: births.length, replacement: undefined })
    checkCaps()
    checkBudgets(pod)
  }

  const followFlights = (): void => {
    flights = flights.filter(({ at }) => clock.now() - at < settings.replacementDeadline)
    for (const flight of flights) {
      const siblings = [...cluster.state.podsOf(flight.pod.controller?.uid ?? '')]
      const lives = (uid: string): boolean => siblings.some(pod => pod.uid === uid && pod.deletedAt === undefined)
      flight.replacement ??= births.slice(flight.bornFrom).find(uid => !claimed.has(uid) && lives(uid))
      if (flight.replacement !== undefined) claimed.add(flight.replacement)
      const replacement = siblings.find(pod => pod.uid === flight.replacement)
      if (flight.replacement !== undefined && (replacement === undefined || replacement.deletedAt !== undefined))
        flight.replacement = undefined
      if (replacement?.ready === true) flights = flights.filter(other => other !== flight)
    }
  }

  const checkExcess = (): void => {
    const isQuiet = [...cluster.state.pods()].every(pod => pod.deletedAt === undefined && pod.nodeName !== undefined && pod.ready)
    if (!guarding || !isQuiet || flights.length > 0 || mirror.stalledSince !== undefined || !changed || clock.now() < shownFrom) return
    changed = false
    const now = new Map(world.planNow().groups.map(group => [group.id, group.excess]))
    for (const [id, excess] of now) {
      if (excess > (quiet?.get(id) ?? excess)) breach(`the excess of group ${id} rose to ${excess}`)
    }
    quiet = now
  }

  cluster.store.subscribe(({ resource, type, object, previous }) => {
    changed = true
    if (resource !== 'pods') return
    if (type === 'ADDED') births.push(object.metadata.uid ?? '')
    const requested = world.requests.some(({ uid }) => uid === object.metadata.uid)
    const begins = previous?.metadata.deletionTimestamp === undefined && object.metadata.deletionTimestamp !== undefined
    if (requested && type === 'MODIFIED' && begins) {
      const pod = cluster.state.pod(object.metadata.namespace ?? '', object.metadata.name)
      if (pod !== undefined) onEvicted(pod.uid, pod)
    }
    followFlights()
  })
  clock.after(0, function everySecond() {
    followFlights()
    checkExcess()
    clock.after(SECOND, everySecond)
  })
  const way = world.evictor
  world.evictor = {
    evict: (request, signal) => {
      const { stalledSince } = mirror
      if (stalledSince !== undefined && clock.monotonic() - stalledSince > settings.freshness)
        breach(`${request.pod} is asked for on a stale view`)
      if (world.requests.filter(({ uid, outcome }) => uid === request.uid && outcome === undefined).length > 1) {
        breach(`${request.pod} is asked for again before the answer has come`)
      }
      return way.evict(request, signal)
    },
  }
  return {
    breaches,
    evicted,
    guard: () => {
      guarding = true
    },
    disturbed: (ms = SECOND) => {
      shownFrom = Math.max(shownFrom, clock.now() + ms)
      quiet = undefined
    },
  }
}
