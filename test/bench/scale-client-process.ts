import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { readSnapshot } from '../../src/cluster/snapshot.ts'
import type { ClusterAccess } from '../../src/kubernetes/cluster-access.ts'
import { openClusterView } from '../../src/kubernetes/cluster-view.ts'
import { CLUSTER_RESOURCES, collectionPath } from '../../src/kubernetes/resources.ts'
import { createRest } from '../../src/kubernetes/rests.ts'
import { createTransport, type ApiStream, type Transport } from '../../src/kubernetes/transport.ts'
import { createWallClock } from '../../src/kubernetes/wall-clock.ts'
import { plan } from '../../src/planning/plan.ts'
import { createPlanner } from '../../src/planning/planner.ts'
import { DEFAULT_POLICY } from '../../src/planning/policy.ts'
import { createLoop, type Loop, type UpToDatePlanner } from '../../src/rebalancing/loop.ts'
import { createPlanningViews } from '../../src/rebalancing/planning-views.ts'
import type { LoopPorts, Recorder } from '../../src/rebalancing/ports.ts'
import { DEFAULT_LOOP_SETTINGS } from '../../src/rebalancing/settings.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'
import { collectGarbage } from '../support/collect-garbage.ts'
import type { ClientReport } from './scale-messages.ts'
import { startLightProbe, startProbe, type Probe } from './scale-probe.ts'
import { createSign } from '../support/stop-sign.ts'

// One client in a process of its own: `bare URL`, `run URL`, `report FILE`, or `soak URL`.

function tell(report: ClientReport): void {
  process.send?.(report)
}

function connect(server: string): Transport {
  const access: ClusterAccess = {
    server,
    context: 'bench',
    namespace: 'default',
    proxy: undefined,
    credentials: () => Promise.resolve(NO_CREDENTIALS),
  }
  return createTransport(access, { clock: createWallClock(), userAgent: 'respread/bench' })
}

const NO_CREDENTIALS = { headers: {}, tls: {} }

/** What it costs at the least: the same objects fetched page by page, parsed and forgotten. */
async function bare(server: string): Promise<void> {
  const probe = startProbe()
  const transport = counting(connect(server), probe)
  for (const resource of CLUSTER_RESOURCES) {
    let next = ''
    do {
      const answer = await transport.request('GET', collectionPath(resource, { limit: '500', ...(next !== '' && { continue: next }) }))
      const page = JSON.parse(answer.body) as { readonly metadata?: { readonly continue?: string } }
      next = page.metadata?.continue ?? ''
    } while (next !== '')
  }
  await transport.close()
  tell({ kind: 'Read', cost: probe.cost() })
}

/** What `run --dry-run` does, wired as src/commands/controller.ts wires it, without lease, history and metrics. */
async function run(server: string): Promise<void> {
  const clock = createWallClock()
  const recorder: Recorder = {
    record({ level, message }) {
      if (level === 'warning') console.error(message)
    },
  }
  const stop = new AbortController()
  const syncing = startProbe()
  const transport = counting(connect(server), syncing)
  const rest = createRest(clock)
  const view = openClusterView(transport, { clock, rest, random: Math.random, signal: stop.signal, recorder })
  const model = createSchedulerModel(view.state, DEFAULT_PROFILES)
  const beforeSynced = view.subscribe(delta => model.advance(delta))
  await view.synced
  beforeSynced()
  const following = createPlanner({ cluster: view.state, model }, DEFAULT_POLICY)
  tell({ kind: 'Synced', cost: syncing.cost() })

  const seen: number[] = []
  let undecided: number[] = []
  const toDecision: number[] = []
  const firstPlan = Promise.withResolvers<void>()
  let plans = 0
  let planSeconds = 0
  view.subscribe(delta => {
    model.advance(delta)
    following.note(delta)
    if (delta.after?.kind !== 'Pod' || delta.after.readySince === undefined) return
    undecided.push(delta.after.readySince)
    seen.push(Date.now() - delta.after.readySince)
  })
  const plan: UpToDatePlanner['plan'] = (situation, most) => {
    const from = performance.now()
    const result = following.plan(situation, most)
    planSeconds += (performance.now() - from) / 1000
    plans += 1
    firstPlan.resolve()
    const decidedAt = Date.now()
    toDecision.push(...undecided.map(madeAt => decidedAt - madeAt))
    undecided = []
    return result
  }
  /** All events are out, as the parent says, and have been heeded. */
  const decidedAll = async (): Promise<void> => {
    await once(process, 'message')
    while (undecided.length > 0) await sleep(20)
  }
  const loop = dryLoop(view, { prepare: situation => following.prepare(situation), plan }, { clock, rest, recorder })
  const planning = startProbe()
  const looping = loop.start()
  await firstPlan.promise
  // The loop is to end its pass and go to sleep.
  await sleep(20)
  tell({ kind: 'Planned', planSeconds, evictions: loop.status().plan?.evictions.length ?? 0, cost: planning.cost() })

  // What runs for the first time is compiled: the steady state begins after so many events.
  await decidedAll()
  tell({ kind: 'WarmedUp' })
  plans = 0
  planSeconds = 0
  seen.length = 0
  toDecision.length = 0
  const watching = startLightProbe()
  await decidedAll()
  const cost = watching.cost()
  const sorted = (delays: readonly number[]): readonly number[] => delays.toSorted((left, right) => left - right)
  tell({ kind: 'Watched', delays: { toViews: sorted(seen), toDecision: sorted(toDecision) }, plans, planSeconds, cost })
  await loop.stop()
  await looping
  const relisting = startProbe()
  while (!view.counters().every(({ counters }) => counters.lists > 1)) await sleep(20)
  const changes = view.counters().reduce((sum, { counters }) => sum + counters.missedByWatch, 0)
  tell({ kind: 'Relisted', changes, cost: relisting.cost() })
  stop.abort()
  await view.stopped
  await transport.close()
}

/** What `report --snapshot` does before it prints. */
async function report(file: string): Promise<void> {
  const reading = startProbe()
  const { size } = await stat(file)
  reading.read(size)
  const { state } = await readSnapshot(file)
  tell({ kind: 'Loaded', cost: reading.cost() })
  const model = createSchedulerModel(state, DEFAULT_PROFILES)
  const planning = startProbe()
  const from = performance.now()
  const situation = { now: Date.now(), domainHolds: [], drains: [], workloadHolds: [], inFlight: [], deferred: [], refused: [] }
  const { evictions } = plan({ cluster: state, model }, DEFAULT_POLICY, situation)
  tell({ kind: 'Planned', planSeconds: (performance.now() - from) / 1000, evictions: evictions.length, cost: planning.cost() })
}

/** The loop of `run --dry-run`, which is the leader from the start. */
function dryLoop(view: LoopPorts['view'], planner: UpToDatePlanner, ports: Pick<LoopPorts, 'clock' | 'rest' | 'recorder'>): Loop {
  const leadership = { mayAct: () => true, subscribe: () => () => {} }
  const history = { load: () => Promise.resolve(undefined), save: () => Promise.resolve() }
  const evictor = { evict: () => Promise.reject(new Error('a dry run evicts nothing')) }
  const stopSign = createSign().seenBy(undefined)
  return createLoop({ ...ports, view, evictor, leadership, history, stopSign }, planner, DEFAULT_POLICY, {
    ...DEFAULT_LOOP_SETTINGS,
    dryRun: true,
  })
}

/** Follows the cluster with its views and a loop that evicts nothing, and tells what it holds whenever it is asked, until it is let go. */
async function soak(server: string): Promise<void> {
  const stop = new AbortController()
  const clock = createWallClock()
  const rest = createRest(clock)
  const transport = connect(server)
  const recorder: Recorder = { record: () => {} }
  const view = openClusterView(transport, { clock, rest, random: Math.random, signal: stop.signal, recorder })
  await view.synced
  const views = createPlanningViews(view.state, DEFAULT_PROFILES, DEFAULT_POLICY)
  view.subscribe(delta => views.advance(delta))
  let plans = 0
  const plan: UpToDatePlanner['plan'] = (situation, most) => {
    plans += 1
    return views.plan(situation, most)
  }
  const loop = dryLoop(view, { prepare: situation => views.prepare(situation), plan }, { clock, rest, recorder })
  const looping = loop.start()
  const held = (): void => {
    collectGarbage()
    const { heapUsed, rss } = process.memoryUsage()
    const counters = view.counters().find(({ kind }) => kind === 'Pod')?.counters
    const { lists = 0, missedByWatch = 0 } = counters ?? {}
    const pods = view.state.count('Pod')
    tell({ kind: 'Held', heapMb: heapUsed / 2 ** 20, rssMb: rss / 2 ** 20, pods, lists, missedByWatch, plans })
  }
  held()
  process.on('message', held)
  await once(process, 'disconnect')
  await loop.stop()
  await looping
  stop.abort()
  await view.stopped
  await transport.close()
}

/** Tells the probe of every byte that is read. */
function counting(transport: Transport, probe: Probe): Transport {
  return {
    ...transport,
    async request(...call) {
      const answer = await transport.request(...call)
      probe.read(Buffer.byteLength(answer.body))
      return answer
    },
    download: async (...call) => countedStream(await transport.download(...call), probe),
    stream: async (...call) => countedStream(await transport.stream(...call), probe),
  }
}

function countedStream(stream: ApiStream, probe: Probe): ApiStream {
  return stream.open ? { open: true, chunks: counted(stream.chunks, probe) } : stream
}

async function* counted(chunks: AsyncIterable<Uint8Array>, probe: Probe): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    probe.read(chunk.length)
    yield chunk
  }
}

const [task = '', source = ''] = process.argv.slice(2)
const TASKS: Readonly<Record<string, (source: string) => Promise<void>>> = { bare, run, report, soak }
await TASKS[task]?.(source)
if (process.connected) process.disconnect()
