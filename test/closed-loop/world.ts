import { strict as assert } from 'node:assert'
import type { PodRecord } from '../../src/cluster/pod.ts'
import type { Plan } from '../../src/planning/plan-types.ts'
import { createPlanner } from '../../src/planning/planner.ts'
import { DEFAULT_POLICY, type Policy } from '../../src/planning/policy.ts'
import type { Situation } from '../../src/planning/situation.ts'
import { surplusIn, type Surplus } from '../../src/planning/surplus.ts'
import type { UpToDatePlanner } from '../../src/rebalancing/loop.ts'
import { createPlanningViews } from '../../src/rebalancing/planning-views.ts'
import type {
  Annotator,
  DeletionCostRequest,
  EvictionOutcome,
  EvictionRequest,
  Evictor,
  Occurrence,
  Rest,
} from '../../src/rebalancing/ports.ts'
import { DEFAULT_LOOP_SETTINGS, type LoopSettings } from '../../src/rebalancing/settings.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'
import { createEmbeddedCluster, type EmbeddedCluster } from '../../src/simulation/embedded-cluster.ts'
import type { RawObject } from '../../src/simulation/object-store.ts'
import { createInProcessAnnotator } from '../../src/simulation/ports/in-process-annotator.ts'
import { createInProcessEvictor } from '../../src/simulation/ports/in-process-evictor.ts'
import type { WayConditions } from '../../src/simulation/ports/way.ts'
import { createRandom, type Random } from '../../src/simulation/random.ts'
import type { SchedulerQuirks } from '../../src/simulation/scheduler/scheduler-quirks.ts'
import { createStoreMirror, type StoreMirror } from '../../src/simulation/store-mirror.ts'
import { createVirtualClock, type VirtualClock } from '../../src/simulation/virtual-clock.ts'
import type { Timings } from '../../src/simulation/timings.ts'

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
const NOON = Date.parse('2026-11-21T12:00:00Z')

export interface WorldOptions {
  readonly seed: number
  readonly objects: readonly RawObject[]
  readonly quirks?: Partial<SchedulerQuirks>
  readonly timings?: Partial<Timings>
  readonly settings?: Partial<LoopSettings>
  readonly policy?: Partial<Policy>
  readonly way?: Partial<WayConditions>
}

/** A request as it was sent, with the answer that it got. */
export interface Request extends EvictionRequest {
  readonly at: number
  readonly sender: Sender
  outcome?: EvictionOutcome
  answeredAt?: number
}

/** A process that moves pods, seen from outside. */
export interface Sender {
  readonly alive: boolean
  /** How far its wall clock was ahead when it began: of what was before, it knows no more than timestamps tell. */
  readonly aheadAtStart: number
  mayAct(): boolean
}

/** An embedded cluster on virtual time, and what processes that move its pods share: the watch, the way to the server, the stored history. */
export interface World {
  readonly clock: VirtualClock
  readonly random: Random
  readonly cluster: EmbeddedCluster
  /** What the processes see of the cluster, a little late. */
  readonly mirror: StoreMirror
  readonly policy: Policy
  readonly settings: LoopSettings
  readonly requests: readonly Request[]
  readonly told: readonly (Occurrence & { readonly at: number })[]
  /** The way to the server; for an adversary to stand in. */
  evictor: Evictor
  /** The way by which pods are written on, likewise; and what was sent on it. */
  annotator: Annotator
  readonly written: DeletionCostRequest[]
  /** The stored history; `saved` is called after each write. */
  readonly history: { text: string | undefined; saved: () => void }
  /** How far the wall clock of the processes is ahead of the cluster's, in milliseconds; behind it when negative. */
  clockAhead: number
  /** Sends and books a request. To a process that is dead by then, no answer comes. */
  send(request: EvictionRequest, signal: AbortSignal, sender: Sender): Promise<EvictionOutcome>
  tell(occurrence: Occurrence): void
  /** Calls the listener with each request as it is sent. */
  onRequest(listener: (request: Request) => void): void
  readonly planner: UpToDatePlanner
  /** Whether others have their turn in the midst of long work. */
  rest: Rest
  surplusOf(plan: Plan, situation: Situation): Surplus
  /** What would be planned now without any hold. */
  planNow(): Plan
  /** Lets time pass. */
  pass(ms: number): Promise<void>
  reasons(): readonly string[]
}

/** So often the plan of a planner that follows the cluster is compared with what one says that begins anew. */
const PLANS_PER_CHECK = 20

export function createWorld(options: WorldOptions): World {
  const random = createRandom(options.seed)
  const clock = createVirtualClock(NOON, random.fork('interleaving'))
  const cluster = createEmbeddedCluster({ clock, seed: options.seed, quirks: options.quirks ?? {}, timings: options.timings ?? {} })
  cluster.apply(...options.objects)
  cluster.start()
  const mirror = createStoreMirror(cluster.store, { clock, lag: { delay: { min: 5, max: 200 }, random: random.fork('watch') } })
  const policy: Policy = { ...DEFAULT_POLICY, ...options.policy }
  const views = createPlanningViews(mirror.state, DEFAULT_PROFILES, policy)
  mirror.subscribe(delta => views.advance(delta))
  let plans = 0
  const planner: UpToDatePlanner = {
    prepare: situation => views.prepare(situation),
    plan(situation, most) {
      assert.deepStrictEqual(views.compare().differences, [])
      const result = views.plan(situation, most)
      plans += 1
      if (plans % PLANS_PER_CHECK === 0) {
        const anew = createPlanner({ cluster: mirror.state, model: createSchedulerModel(mirror.state, DEFAULT_PROFILES) }, policy)
        assert.deepStrictEqual(saidBy(result), saidBy(anew.plan(situation, most)))
      }
      return result
    },
  }
  const requests: Request[] = []
  const told: (Occurrence & { at: number })[] = []
  const listeners: ((request: Request) => void)[] = []
  const conditions = { delay: { min: 5, max: 50 }, lostAnswers: 0, ...options.way }

  const world: World = {
    clock,
    random,
    cluster,
    mirror,
    policy,
    settings: { ...DEFAULT_LOOP_SETTINGS, ...options.settings },
    requests,
    told,
    evictor: createInProcessEvictor(cluster.store, clock, random.fork('way'), conditions),
    annotator: createInProcessAnnotator(cluster.store, clock, random.fork('way of annotations'), conditions),
    written: [],
    history: { text: undefined, saved: () => undefined },
    clockAhead: 0,
    send: async (request, signal, sender) => {
      const sent: Request = { ...request, at: clock.now(), sender }
      requests.push(sent)
      for (const listener of listeners) listener(sent)
      const outcome = await world.evictor.evict(request, signal)
      sent.answeredAt = clock.now()
      sent.outcome = sender.alive ? outcome : { kind: 'Lost', message: 'nobody waits for the answer any more' }
      return sender.alive ? outcome : new Promise(() => {})
    },
    tell: occurrence => void told.push({ ...occurrence, at: clock.now() }),
    onRequest: listener => void listeners.push(listener),
    planner,
    rest: () => undefined,
    surplusOf: (plan, situation) => surplusIn({ cluster: mirror.state, model: views.model() }, plan, policy, situation),
    planNow: () =>
      world.planner.plan({ now: clock.now(), domainHolds: [], drains: [], workloadHolds: [], inFlight: [], deferred: [], refused: [] }),
    pass: ms => clock.advanceAsync(ms),
    reasons: () => told.map(({ reason }) => reason),
  }
  return world
}

function saidBy({ evictions, groups }: Plan): unknown {
  return [evictions, groups.map(({ id, status, reason, excess }) => [id, status, reason, excess])]
}

/** Ready pods of a workload by zone, in the order of the zones' names. */
export function readyByZone({ cluster }: World, app: string): Readonly<Record<string, number>> {
  const zones = new Map<string, number>()
  const zoneOf = (nodeName: string | undefined): string | undefined =>
    cluster.state.node(nodeName ?? '')?.labels.get('topology.kubernetes.io/zone')
  for (const node of cluster.state.nodes()) zones.set(zoneOf(node.name) ?? '', 0)
  const serves = (pod: PodRecord): boolean => pod.labels.get('app') === app && pod.ready && pod.deletedAt === undefined
  for (const pod of cluster.state.pods()) {
    const zone = zoneOf(pod.nodeName)
    if (zone !== undefined && serves(pod)) zones.set(zone, (zones.get(zone) ?? 0) + 1)
  }
  return Object.fromEntries([...zones].sort(([a], [b]) => (a < b ? -1 : 1)))
}
