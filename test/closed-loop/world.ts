import { expect } from 'vitest'
import type { PodRecord } from '../../src/cluster/pod.ts'
import type { Plan } from '../../src/planning/plan-types.ts'
import { createPlanner } from '../../src/planning/planner.ts'
import { DEFAULT_POLICY, type Policy } from '../../src/planning/policy.ts'
import type { Situation } from '../../src/planning/situation.ts'
import { surplusIn } from '../../src/planning/surplus.ts'
import type { RunSummary } from '../../src/rebalancing/conclusion.ts'
import { createLoop, type Loop } from '../../src/rebalancing/loop.ts'
import type {
  Annotator,
  DeletionCostRequest,
  EvictionOutcome,
  EvictionRequest,
  Evictor,
  Leadership,
  Occurrence,
} from '../../src/rebalancing/ports.ts'
import { DEFAULT_LOOP_SETTINGS, type LoopSettings } from '../../src/rebalancing/settings.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'
import { createEmbeddedCluster, type EmbeddedCluster } from '../../src/simulation/embedded-cluster.ts'
import type { RawObject } from '../../src/simulation/object-store.ts'
import { createInProcessAnnotator } from '../../src/simulation/ports/in-process-annotator.ts'
import { createInProcessEvictor } from '../../src/simulation/ports/in-process-evictor.ts'
import { createInProcessView } from '../../src/simulation/ports/in-process-view.ts'
import type { WayConditions } from '../../src/simulation/ports/way.ts'
import { createRandom, type Random } from '../../src/simulation/random.ts'
import type { SchedulerQuirks } from '../../src/simulation/scheduler/scheduler-quirks.ts'
import { createStoreMirror, type StoreMirror } from '../../src/simulation/store-mirror.ts'
import { createVirtualClock, type VirtualClock } from '../../src/simulation/virtual-clock.ts'

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
const NOON = Date.parse('2026-11-21T12:00:00Z')

export interface WorldOptions {
  readonly seed: number
  readonly objects: readonly RawObject[]
  readonly quirks?: Partial<SchedulerQuirks>
  readonly settings?: Partial<LoopSettings>
  readonly way?: Partial<WayConditions>
  /** Called with each thing a loop tells, as it comes. */
  readonly hear?: (occurrence: Occurrence) => void
}

/** A request as a loop sent it, with the answer that it got. */
interface Request extends EvictionRequest {
  readonly at: number
  outcome?: EvictionOutcome
}

/** A process that runs the loop. */
export interface Process {
  readonly loop: Loop
  /** Ends it in the middle of whatever it does: nothing of it reaches the world any more. */
  kill(): void
}

/** An embedded cluster on virtual time, and loops on it behind the ports that they have in production. */
export interface World {
  readonly clock: VirtualClock
  readonly random: Random
  readonly cluster: EmbeddedCluster
  /** What the loops see of the cluster, a little late. */
  readonly mirror: StoreMirror
  readonly policy: Policy
  readonly settings: LoopSettings
  readonly requests: readonly Request[]
  readonly told: readonly (Occurrence & { readonly at: number })[]
  /** The way to the server; for an adversary to stand in. */
  evictor: Evictor
  /** The way by which pods are written on, likewise; and what loops have sent on it. */
  annotator: Annotator
  readonly written: readonly DeletionCostRequest[]
  /** The stored history; `saved` is called after each write. */
  readonly history: { text: string | undefined; saved: () => void }
  /** @param leadership who may act; absent: this process, while it lives @param settings where they differ from the world's */
  start(leadership?: Leadership, settings?: Partial<LoopSettings>): Process
  /** Runs a loop until it settles by itself. */
  once(timeoutMs: number): Promise<RunSummary>
  /** What would be planned now without any hold. */
  planNow(): Plan
  /** Lets time pass. */
  pass(ms: number): Promise<void>
  reasons(): readonly string[]
  /** Sets the wall clock of the loops so far ahead of the cluster's, in milliseconds; behind it when negative. */
  setWallClock(ahead: number): void
}

const PLANS_PER_CHECK = 20

export function createWorld(options: WorldOptions): World {
  const random = createRandom(options.seed)
  const clock = createVirtualClock(NOON, random.fork('interleaving'))
  const cluster = createEmbeddedCluster({ clock, seed: options.seed, quirks: options.quirks ?? {} })
  cluster.apply(...options.objects)
  cluster.start()
  const mirror = createStoreMirror(cluster.store, { clock, lag: { delay: { min: 5, max: 200 }, random: random.fork('watch') } })
  const model = createSchedulerModel(mirror.state, DEFAULT_PROFILES)
  const policy = DEFAULT_POLICY
  const following = createPlanner({ cluster: mirror.state, model }, policy)
  mirror.subscribe(delta => {
    model.advance(delta)
    following.note(delta)
  })
  const settings: LoopSettings = { ...DEFAULT_LOOP_SETTINGS, ...options.settings }
  let plans = 0
  /** Now and then it is compared with what a planner that begins anew says. */
  const planner = (situation: Situation, most?: number): Plan => {
    const result = following.plan(situation, most)
    plans += 1
    if (plans % PLANS_PER_CHECK !== 0) return result
    const anew = createPlanner({ cluster: mirror.state, model: createSchedulerModel(mirror.state, DEFAULT_PROFILES) }, policy)
    const said = ({ evictions, groups }: Plan): unknown => [
      evictions,
      groups.map(({ id, status, reason, excess }) => [id, status, reason, excess]),
    ]
    expect(said(result)).toEqual(said(anew.plan(situation, most)))
    return result
  }
  const requests: Request[] = []
  const written: DeletionCostRequest[] = []
  const told: (Occurrence & { at: number })[] = []
  const conditions = { delay: { min: 5, max: 50 }, lostAnswers: 0, ...options.way }

  let ahead = 0
  const createProcess = (leadership?: Leadership, own: Partial<LoopSettings> = {}): Process => {
    let alive = true
    const unanswered = new Set<Request>()
    const never = (): Promise<never> => new Promise(() => {})
    const loop = createLoop(
      {
        clock: { ...clock, now: () => clock.now() + ahead },
        view: createInProcessView(mirror, clock),
        evictor: {
          evict: async (request, signal) => {
            if (!alive) return never()
            const sent: Request = { ...request, at: clock.now() }
            requests.push(sent)
            unanswered.add(sent)
            const outcome = await world.evictor.evict(request, signal)
            if (!alive) return never()
            unanswered.delete(sent)
            sent.outcome = outcome
            return outcome
          },
        },
        recorder: {
          record: occurrence => {
            if (!alive) return
            told.push({ ...occurrence, at: clock.now() })
            options.hear?.(occurrence)
          },
        },
        leadership: {
          mayAct: () => alive && leadership?.mayAct() !== false,
          subscribe: listener => leadership?.subscribe(listener) ?? (() => undefined),
        },
        history: {
          load: async () => world.history.text,
          save: async text => {
            if (!alive) return never()
            world.history.text = text
            world.history.saved()
          },
        },
      },
      planner,
      policy,
      { ...settings, ...own },
      {
        surplusOf: (made, situation) => surplusIn({ cluster: mirror.state, model }, made, policy, situation),
        annotator: {
          setDeletionCost: async (request, signal) => {
            if (!alive) return never()
            written.push(request)
            const outcome = await world.annotator.setDeletionCost(request, signal)
            return alive ? outcome : never()
          },
        },
      },
    )
    return {
      loop,
      kill: () => {
        alive = false
        for (const request of unanswered) request.outcome = { kind: 'Lost', message: 'nobody waits for the answer any more' }
      },
    }
  }

  const world: World = {
    clock,
    random,
    cluster,
    mirror,
    policy,
    settings,
    requests,
    told,
    evictor: createInProcessEvictor(cluster.store, clock, random.fork('way'), conditions),
    annotator: createInProcessAnnotator(cluster.store, clock, random.fork('way of annotations'), conditions),
    written,
    history: { text: undefined, saved: () => undefined },
    start: (leadership, own) => {
      const process = createProcess(leadership, own)
      void process.loop.start()
      return process
    },
    once: async timeoutMs => {
      let summary: RunSummary | undefined
      void createProcess()
        .loop.runUntilSettled({ timeoutMs })
        .then(ended => (summary = ended))
      await clock.runUntil(() => summary !== undefined, timeoutMs + MINUTE)
      if (summary === undefined) throw new Error('the loop has not settled')
      return summary
    },
    planNow: () => planner({ now: clock.now(), domainHolds: [], drains: [], workloadHolds: [], inFlight: [] }),
    pass: ms => clock.advanceAsync(ms),
    setWallClock: ms => {
      ahead = ms
    },
    reasons: () => told.map(({ reason }) => reason),
  }
  return world
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
