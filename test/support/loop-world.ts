import type { ClusterState, Delta } from '../../src/cluster/cluster-state.ts'
import type { PodRecord } from '../../src/cluster/pod.ts'
import type { ClusterRecord } from '../../src/cluster/records.ts'
import type { Plan } from '../../src/planning/plan-types.ts'
import { DEFAULT_POLICY, type Policy } from '../../src/planning/policy.ts'
import type { Situation } from '../../src/planning/situation.ts'
import { NO_SURPLUS, type Surplus } from '../../src/planning/surplus.ts'
import { createLoop, type Loop } from '../../src/rebalancing/loop.ts'
import type {
  AnnotationOutcome,
  DeletionCostRequest,
  EvictionOutcome,
  EvictionRequest,
  KindFreshness,
  LoopPorts,
  Occurrence,
} from '../../src/rebalancing/ports.ts'
import { DEFAULT_LOOP_SETTINGS, type LoopSettings } from '../../src/rebalancing/settings.ts'
import { createVirtualClock, type VirtualClock } from '../../src/simulation/virtual-clock.ts'
import { clusterOf, makeNode, makePod, makeWorkload } from './builders.ts'
import { eviction, group, plan } from './made-up-plans.ts'
import { createSign } from './stop-sign.ts'

export const NOON = Date.parse('2026-11-21T12:00:00Z')
export const SECOND = 1_000
export const MINUTE = 60 * SECOND

type Answer = EvictionOutcome | Promise<EvictionOutcome>

/**
 * One workload, `web`, over zones a, b and c behind ports made by hand: what the API server answers, where replacements land and when they
 * are Ready is for the test to say.
 */
export interface LoopWorld {
  readonly clock: VirtualClock
  readonly state: ClusterState
  readonly requests: EvictionRequest[]
  /** How many plans were made. */
  plans: number
  readonly told: Occurrence[]
  /** `loading` and `saving` are called before the history is read and written, which fails if they throw. */
  readonly store: { text: string | undefined; loads: number; loading: () => void; saving: () => void }
  readonly freshness: KindFreshness[]
  /** The answer to a request; deletion begins only when it is Accepted, or when the test calls {@link LoopWorld.evict} itself. */
  answer: (request: EvictionRequest) => Answer
  /** What scale-in should take, and what writing that on pods leads to; their annotations change only when the test changes them. */
  surplus: () => Surplus
  readonly written: DeletionCostRequest[]
  annotate: (request: DeletionCostRequest, signal: AbortSignal) => AnnotationOutcome | Promise<AnnotationOutcome>
  /** The zone where the next replacement lands; undefined: it stays Pending. */
  landing: (planned: string) => string | undefined
  becomesReady: boolean
  apply(record: ClusterRecord): void
  evict(podName: string): void
  lead(mayAct: boolean): void
  /** A loop over this world; a second one is what another process would be. */
  loop(settings?: Partial<LoopSettings>, policy?: Partial<Policy>, ports?: Partial<Pick<LoopPorts, 'stopSign'>>): Loop
  counts(): Readonly<Record<string, number>>
  reasons(): readonly string[]
}

/** @param sizes pods of `web` in zones a, b and c at the start */
export function createLoopWorld(sizes: readonly [a: number, b: number, c: number]): LoopWorld {
  const clock = createVirtualClock(NOON)
  const zones = ['a', 'b', 'c']
  const replicas = sizes.reduce((sum, size) => sum + size, 0)
  const state = clusterOf([
    ...zones.map(zone => makeNode(`node-${zone}`, { zone })),
    makeWorkload('ReplicaSet', 'web', { replicas }),
    ...zones.flatMap((zone, index) => Array.from({ length: sizes[index] ?? 0 }, (_, n) => webPod(`web-${zone}${n}`, zone))),
  ])
  for (const kind of ['PodDisruptionBudget', 'HorizontalPodAutoscaler'] as const) state.markKnown(kind)
  const listeners = new Set<(delta: Delta) => void>()
  const leadershipListeners = new Set<() => void>()
  let mayAct = true
  let born = 0

  const publish = (delta: Delta | undefined): void => {
    if (delta !== undefined) for (const listener of listeners) listener(delta)
  }
  const apply = (record: ClusterRecord): void => publish(state.apply({ type: 'upsert', record }))

  const replace = (uid: string): void => {
    const name = `web-new${born++}`
    const zone = world.landing(planned.get(uid) ?? 'c')
    const pending = webPod(name, undefined, { createdAt: clock.now(), ready: false, phase: 'Pending' })
    apply(pending)
    if (zone === undefined) return
    clock.after(SECOND, () => {
      apply({ ...pending, nodeName: `node-${zone}` })
      if (world.becomesReady) clock.after(5 * SECOND, () => apply(webPod(name, zone, { createdAt: pending.createdAt })))
    })
  }
  const planned = new Map<string, string>()

  const world: LoopWorld = {
    clock,
    state,
    requests: [],
    plans: 0,
    told: [],
    store: { text: undefined, loads: 0, loading: () => {}, saving: () => {} },
    freshness: (['Pod', 'Node', 'PodDisruptionBudget'] as const).map(kind => ({ kind, required: true, synced: true, ageMs: 0 })),
    answer: () => ({ kind: 'Accepted' }),
    surplus: () => NO_SURPLUS,
    written: [],
    annotate: () => ({ kind: 'Written' }),
    landing: zone => zone,
    becomesReady: true,
    apply,
    evict: podName => {
      const pod = state.pod('shop', podName)
      if (pod === undefined || pod.deletedAt !== undefined) return
      clock.after(200, () => apply({ ...pod, deletedAt: clock.now() + 30 * SECOND }))
      clock.after(500, () => replace(pod.uid))
      clock.after(2 * SECOND, () => publish(state.apply({ type: 'delete', kind: 'Pod', key: `shop/${podName}` })))
    },
    lead: leads => {
      mayAct = leads
      for (const listener of leadershipListeners) listener()
    },
    loop: (settings = {}, policy = {}, ports = {}) =>
      createLoop(
        {
          stopSign: createSign().seenBy(NOON),
          ...ports,
          clock,
          rest: () => undefined,
          view: {
            state,
            freshness: () => world.freshness,
            subscribe: listener => {
              listeners.add(listener)
              return () => listeners.delete(listener)
            },
          },
          evictor: {
            evict: async request => {
              world.requests.push(request)
              const outcome = await world.answer(request)
              if (outcome.kind === 'Accepted') world.evict(request.pod)
              return outcome
            },
          },
          recorder: { record: occurrence => void world.told.push(occurrence) },
          leadership: {
            mayAct: () => mayAct,
            subscribe: listener => {
              leadershipListeners.add(listener)
              return () => leadershipListeners.delete(listener)
            },
          },
          history: {
            load: async () => {
              world.store.loads += 1
              world.store.loading()
              return world.store.text
            },
            save: async text => {
              world.store.saving()
              world.store.text = text
            },
          },
        },
        {
          prepare: () => [],
          plan: situation => {
            world.plans += 1
            const made = levelling(state, situation)
            for (const { uid, toDomain } of made.evictions) planned.set(uid, toDomain)
            return made
          },
        },
        { ...DEFAULT_POLICY, caps: { workloadPercent: 50, namespace: 99, node: 99, cluster: 99, cycle: 99 }, ...policy },
        { ...DEFAULT_LOOP_SETTINGS, ...settings },
        {
          surplusOf: () => world.surplus(),
          annotator: {
            setDeletionCost: async (request, signal) => {
              world.written.push(request)
              return await world.annotate(request, signal)
            },
          },
        },
      ),
    counts: () => countsOf(state),
    reasons: () => world.told.map(({ reason }) => reason),
  }
  return world
}

function webPod(name: string, zone: string | undefined, fields: Partial<Omit<PodRecord, 'labels' | 'spec'>> = {}): PodRecord {
  const controller = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'web' }
  return makePod(name, { nodeName: zone === undefined ? undefined : `node-${zone}`, controller, ...fields })
}

const zoneOf = (pod: PodRecord): string | undefined => pod.nodeName?.slice('node-'.length)

function countsOf(state: ClusterState): Record<string, number> {
  const counts: Record<string, number> = { a: 0, b: 0, c: 0 }
  for (const pod of state.pods()) {
    const zone = zoneOf(pod)
    if (zone !== undefined && pod.deletedAt === undefined) counts[zone] = (counts[zone] ?? 0) + 1
  }
  return counts
}

/** A planner that knows one constraint: from the fullest zone to the emptiest until they differ by one at most; holds and refusals are respected. */
function levelling(state: ClusterState, situation: Situation): Plan {
  const observed = countsOf(state)
  const counts = { ...observed }
  const stays = new Set([...situation.inFlight, ...situation.refused].map(({ uid }) => uid))
  const isOpen = (zone: string): boolean => !situation.domainHolds.some(({ domain }) => domain === zone)
  const emptiest = (): string =>
    Object.keys(counts)
      .filter(isOpen)
      .reduce((best, zone) => (counts[zone]! < counts[best]! ? zone : best))
  const fullest = (): string => Object.keys(counts).reduce((best, zone) => (counts[zone]! > counts[best]! ? zone : best))
  const move = (from: string, to: string): void => {
    counts[from]! -= 1
    counts[to]! += 1
  }
  for (const pod of state.pods()) if (zoneOf(pod) === undefined) counts[emptiest()]! += 1
  // Evicted, not seen leaving yet; or leaving, its replacement not seen yet.
  for (const { pod, uid, replacementUid } of situation.inFlight) {
    const victim = state.pod('shop', pod)
    if (victim?.uid === uid && victim.deletedAt === undefined) move(zoneOf(victim) ?? 'a', emptiest())
    else if (replacementUid === undefined) counts[emptiest()]! += 1
  }
  const hold = situation.workloadHolds[0]
  const evictions = []
  let wave = 1
  const movable = hold !== undefined ? [] : [...state.pods()].filter(pod => pod.deletedAt === undefined && pod.ready && !stays.has(pod.uid))
  while (counts[fullest()]! - counts[emptiest()]! > 1) {
    const [from, to] = [fullest(), emptiest()]
    const index = movable.findIndex(pod => zoneOf(pod) === from)
    const [pod] = index < 0 ? [] : movable.splice(index, 1)
    if (pod === undefined) break
    move(from, to)
    const workload = { kind: 'ReplicaSet', name: 'web' }
    evictions.push(
      eviction(evictions.length + 1, {
        wave,
        pod: pod.name,
        uid: pod.uid,
        node: `node-${from}`,
        workload,
        controllerUid: 'web',
        fromDomain: from,
        toDomain: to,
        groups: ['web'],
      }),
    )
    // The others lean on it.
    if (situation.deferred.some(deferred => deferred.kind === 'pod' && deferred.uid === pod.uid)) wave += 1
  }
  const memberUids = [...state.pods()].filter(pod => pod.deletedAt === undefined && pod.nodeName !== undefined).map(({ uid }) => uid)
  const web = group(observed, { id: 'web', workload: { kind: 'ReplicaSet', name: 'web' }, planned: evictions.length, memberUids })
  const closed = evictions.length === 0 ? situation.domainHolds[0] : undefined
  const why = hold ?? closed
  return plan([why !== undefined && web.excess > 0 ? { ...web, status: 'Held', reason: why.reason, message: why.message } : web], evictions)
}
