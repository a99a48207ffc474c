import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { isDeepStrictEqual } from 'node:util'
import type { Configuration } from '../configuration/parse-configuration.ts'
import { openClusterView, type WatchedView } from '../kubernetes/cluster-view.ts'
import { createEventRecorder } from '../kubernetes/event-recorder.ts'
import { createAnnotator } from '../kubernetes/annotator.ts'
import { createEvictor } from '../kubernetes/evictor.ts'
import { createHistoryStore } from '../kubernetes/history-store.ts'
import { createLeaderElection, type LeaderElection } from '../kubernetes/lease.ts'
import { createOwnConfigMap } from '../kubernetes/own-config-map.ts'
import { recordTo } from '../kubernetes/record-to.ts'
import { createRest } from '../kubernetes/rests.ts'
import { describeMissing, missingPermissions, permissionsToRun, warnWithoutEvents, type Permission } from '../kubernetes/permissions.ts'
import { createStopSign } from '../kubernetes/stop-sign.ts'
import type { Policy } from '../planning/policy.ts'
import { surplusIn } from '../planning/surplus.ts'
import type { ScaleInHints } from '../rebalancing/deletion-costs.ts'
import { createLoop, type Loop } from '../rebalancing/loop.ts'
import { createPlanningViews } from '../rebalancing/planning-views.ts'
import type { Recorder } from '../rebalancing/ports.ts'
import { startSelfCheck } from '../rebalancing/self-check.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { CommandError } from './errors.ts'
import type { Connection } from './live-cluster.ts'
import type { Settings } from './settings-files.ts'
import { VERSION } from './version.ts'

/** As the manifests label its pods. */
const OWN_LABELS = new Map([['app.kubernetes.io/name', 'respread']])

/** What `run` and `once` share: the loop, wired to a real API server. */
export interface Controller {
  readonly view: WatchedView
  readonly loop: Loop
  /**
   * Stops the loop, and has one in its place, not started yet, that works by other settings and goes on from the same history.
   * @throws what {@link createController} does where that takes permissions which the one in use does not; then nothing has changed
   */
  reconfigure(settings: Settings): Promise<void>
  /** Compares a sample of what plans are made from with a computation from scratch every so often, until the end, and heals what differs. */
  checkItself(): void
  readonly election: LeaderElection
  /** Ends the watches and gives connections back; to be called when the loop has stopped. */
  close(): Promise<void>
}

export interface ControllerOptions extends Settings {
  readonly connection: Connection
  readonly log: Log
  readonly metrics: Metrics
  /** Hears of everything besides log, metrics and events. */
  readonly audience?: Recorder
  /** When a person started it, by the wall clock, which lifts earlier stops; absent: a timer did, and that lifts none. */
  readonly startedAt?: number
  readonly signal: AbortSignal
}

/** @throws CommandError naming every permission that is missing; ApiError or ConnectionError when a required kind cannot be read */
export async function createController(options: ControllerOptions): Promise<Controller> {
  const { connection, configuration, profiles, log, metrics, signal } = options
  const { transport, clock } = connection
  const { loop: settings, leaderElection } = configuration
  const home = leaderElection.leaseNamespace ?? connection.namespace
  const historyName = `${leaderElection.leaseName}-history`
  const wantedBy = ({ loop: { dryRun, deletionCosts } }: Configuration): readonly Permission[] =>
    permissionsToRun({ namespace: home, leaseName: leaderElection.leaseName, historyName, dryRun, deletionCosts })
  const demand = async (wanted: readonly Permission[]): Promise<void> => {
    const missing = await missingPermissions(transport, wanted, { clock, random: Math.random, signal })
    if (missing.length > 0) throw new CommandError(describeMissing(missing))
  }
  await demand(wantedBy(configuration))
  // A server that is slow to list would otherwise leave an empty log, beside a pod that is not Ready.
  log.info('reading the cluster', { version: VERSION, server: transport.server })

  const ended = new AbortController()
  const told = recordTo(log.recorder, metrics.recorder)
  const events = createEventRecorder(transport, {
    clock,
    instance: hostname(),
    cluster: () => view.state,
    recorder: told,
    signal: ended.signal,
  })
  const recorders = [told, ...(settings.dryRun ? [] : [events]), ...(options.audience === undefined ? [] : [options.audience])]
  const recorder = recordTo(...recorders)
  if (!settings.dryRun) await warnWithoutEvents(transport, recorder, { clock, random: Math.random, signal })

  const rest = createRest(clock)
  const view = openClusterView(transport, {
    clock,
    rest,
    random: Math.random,
    signal: AbortSignal.any([signal, ended.signal]),
    recorder,
  })
  // Its own pods are moved last, so that it finishes what it began.
  const policyOf = ({ policy }: Configuration): Policy => ({ ...policy, self: { namespace: home, labels: OWN_LABELS } })
  // Made of nothing and told of everything as it comes: made of the whole cluster at once they would hold up whatever else is to be done.
  const views = createPlanningViews(view.state, profiles, policyOf(configuration))
  // Before the loop's own listener: when the loop asks for a plan, the views are up to date.
  view.subscribe(delta => views.advance(delta))
  await view.synced

  const election = createLeaderElection({
    transport,
    namespace: home,
    name: leaderElection.leaseName,
    identity: `${hostname()}_${randomUUID()}`,
    clock,
    random: Math.random,
    recorder,
    evictionDeadlineMs: settings.evictionRequestDeadline,
  })
  const evictor = createEvictor(transport, {
    clock,
    mayAct: () => election.mayAct(),
    perSecond: settings.evictionsPerSecond,
    deadlineMs: settings.evictionRequestDeadline,
  })
  const counted = {
    evict: async (...request: Parameters<typeof evictor.evict>) => {
      const outcome = await evictor.evict(...request)
      metrics.answered(outcome)
      return outcome
    },
  }
  const annotator = createAnnotator(transport, { clock, mayAct: () => election.mayAct() })
  const configMap = createOwnConfigMap(transport, { clock, namespace: home, name: historyName })
  const history = createHistoryStore(configMap)
  const stopSign = createStopSign(configMap, options.startedAt)
  const loopBy = (by: Configuration): Loop => {
    const policy = policyOf(by)
    const timed: Parameters<typeof createLoop>[1] = {
      prepare: situation => views.prepare(situation),
      plan(situation, most) {
        const from = clock.monotonic()
        const result = views.plan(situation, most)
        metrics.planned(result, (clock.monotonic() - from) / 1000)
        return result
      },
    }
    const scaleIn: ScaleInHints = {
      surplusOf: (made, situation) => surplusIn({ cluster: view.state, model: views.model() }, made, policy, situation),
      annotator: {
        setDeletionCost: async (...request) => {
          const outcome = await annotator.setDeletionCost(...request)
          metrics.annotated(outcome)
          return outcome
        },
      },
    }
    const ports = { view, evictor: counted, clock, rest, recorder, leadership: election, history, stopSign }
    return createLoop(ports, timed, policy, by.loop, scaleIn)
  }
  let inUse = configuration
  let loop = loopBy(inUse)
  let endSelfCheck = (): void => undefined
  metrics.scrapeFrom({
    loop: () => loop.status(),
    mayAct: () => election.mayAct(),
    freshness: () => view.freshness(),
    events: () => events.counters(),
    watches: () => view.counters().map(({ kind, counters }) => [kind, counters] as const),
  })
  return {
    view,
    get loop() {
      return loop
    },
    reconfigure: async ({ configuration: next, profiles: nextProfiles }) => {
      const had = wantedBy(inUse)
      await demand(wantedBy(next).filter(wanted => !had.some(permission => isDeepStrictEqual(permission, wanted))))
      await loop.stop({ handOver: true })
      inUse = next
      views.planBy(policyOf(next), nextProfiles)
      loop = loopBy(next)
    },
    checkItself() {
      endSelfCheck = startSelfCheck({
        clock,
        recorder,
        every: () => inUse.loop.selfCheck,
        compare: () => views.compare(),
        compared: sample => metrics.selfChecked(sample),
        heal() {
          view.forgetDerived()
          views.renew()
          loop.reconsider()
        },
      })
    },
    election,
    async close() {
      endSelfCheck()
      await evictor.drain()
      await annotator.drain()
      // The last that happened is what a `once` has come to.
      await events.drain()
      ended.abort()
      await view.stopped
      await transport.close()
    },
  }
}
