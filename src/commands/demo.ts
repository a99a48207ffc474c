import { once } from 'node:events'
import type { Command } from 'commander'
import { DEFAULT_CONFIGURATION, type Configuration } from '../configuration/parse-configuration.ts'
import { formatDuration } from '../configuration/duration.ts'
import { createWallClock } from '../kubernetes/wall-clock.ts'
import type { Clock } from '../rebalancing/ports.ts'
import type { StoryLine } from '../reporting/live-view.ts'
import { DEFAULT_PROFILES } from '../scheduling/profile.ts'
import { threeZones } from '../simulation/scenarios/three-zones.ts'
import type { Timings } from '../simulation/timings.ts'
import { createLog } from '../telemetry/log.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import type { Exit } from './cli.ts'
import { createController } from './controller.ts'
import { createDemoScreen } from './demo-screen.ts'
import { ACTS } from './demo-story.ts'
import { createTally, tallyText } from './demo-tally.ts'
import { demoView } from './demo-view.ts'
import { startEmbeddedServer } from './embedded-server.ts'
import { CommandError } from './errors.ts'
import { connect } from './live-cluster.ts'
import { parseWhole } from './options.ts'
import { onShutdown, untilStopped } from './shutdown.ts'

interface DemoOptions {
  readonly keep?: boolean
  readonly seed: number
}

/** How fast the embedded cluster lives: a real one takes minutes where this takes seconds. Milliseconds. */
const TIMINGS: Partial<Timings> = {
  podStart: { min: 200, max: 600 },
  podReady: { min: 200, max: 800 },
  podStop: { min: 200, max: 600 },
  nodeReady: { min: 200, max: 800 },
  heartbeat: 500,
  nodeMonitorPeriod: 250,
  nodeMonitorGracePeriod: 2_000,
  nodeEvictionInterval: 200,
  schedulingBackoff: { min: 200, max: 1_000 },
  provisioning: { min: 100, max: 300 },
}

const TOLERATION_SECONDS = 2

/** The loop's settings, shortened to match. */
const LOOP = { tick: 2_000, debounce: 200, holdDown: 6_000, coolDown: 3_000 }
const MINIMUM_POD_AGE = 1_000

/** An act that takes longer has gone wrong. */
const LONGEST_ACT = 60_000
const FRAME = 200

export function addDemo(program: Command, exit: Exit): void {
  program
    .command('demo')
    .description('Show the whole story on a cluster embedded in this process: a zone fails, comes back, and is filled again.')
    .option('--keep', 'leave the cluster up at the end, for kubectl')
    .option('--seed <number>', 'what the embedded cluster draws its chances from', parseWhole, 1)
    .action(async (options: DemoOptions) => {
      await demo(options)
      exit(0)
    })
}

async function demo({ keep, seed }: DemoOptions): Promise<void> {
  const clock = createWallClock()
  const objects = threeZones({ tolerationSeconds: TOLERATION_SECONDS })
  const interrupted = new AbortController()
  const forget = onShutdown(() => interrupted.abort())
  // It does nothing but tell: once nobody reads on it is over.
  process.stdout.once('error', () => interrupted.abort())
  const server = await startEmbeddedServer({ clock, seed, timings: TIMINGS, objects })
  try {
    await tellStory(server.kubeconfig, server.cluster, clock, interrupted.signal)
    if (keep === true && !interrupted.signal.aborted) {
      process.stdout.write(`\nThe cluster stays up until Ctrl-C:\n  kubectl --kubeconfig ${server.kubeconfig} get pods -A -o wide\n`)
      await once(interrupted.signal, 'abort')
    }
  } finally {
    forget()
    await server.close()
  }
}

async function tellStory(
  kubeconfig: string,
  actions: Awaited<ReturnType<typeof startEmbeddedServer>>['cluster'],
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const configuration = demoConfiguration()
  const begun = clock.monotonic()
  const time = (): string => `${((clock.monotonic() - begun) / 1000).toFixed(1).padStart(5)}s`
  const story: StoryLine[] = []
  const tell = (level: StoryLine['level'], text: string): void => void story.push({ id: story.length + 1, time: time(), level, text })
  const tally = createTally()

  const connection = await connect({ kubeconfig })
  const release = new AbortController()
  // What the log would say is told on the screen.
  const log = createLog('error', { write: line => tell('warning', line.trim()) })
  const audience = {
    record: (occurrence: Parameters<typeof tally.record>[0]): void => {
      tally.record(occurrence)
      tell(occurrence.level, `${occurrence.reason}: ${occurrence.message}`)
    },
  }
  const metrics = createMetrics(configuration.metrics)
  const creating = createController({ connection, configuration, profiles: DEFAULT_PROFILES, log, metrics, audience, signal })
  const controller = await untilStopped(creating, signal)
  if (controller === undefined) return await connection.transport.close()
  const { view, loop, election } = controller
  const screen = createDemoScreen(process.stdout)
  const draw = (): void => {
    const shown = { title: 'respread demo', time: time().trim(), settings: settingsOf(configuration), story: [...story] }
    screen.show(demoView(view.state, loop.status(), shown))
  }

  const leading = election.run(release.signal)
  const looping = loop.start()
  try {
    for (const act of ACTS) {
      tell('info', act.title)
      act.begin(actions)
      const end = clock.monotonic() + LONGEST_ACT
      // The watch needs a moment to bring what the act began; what is looked at before is the end of the act before.
      await pause(clock, 2 * FRAME)
      while (!signal.aborted && !act.isOver({ cluster: view.state, status: loop.status() })) {
        if (clock.monotonic() > end) throw new CommandError(`the demo is stuck in "${act.title}"`)
        tally.watch(view.state, loop.status())
        draw()
        await pause(clock, FRAME)
      }
      if (signal.aborted) return
    }
    draw()
    process.stdout.write(`\n${tallyText(tally, view.state, loop.status(), clock.monotonic() - begun)}`)
  } finally {
    await loop.stop()
    await looping
    release.abort()
    await leading
    await controller.close()
    screen.close()
  }
}

function demoConfiguration(): Configuration {
  const { policy, loop } = DEFAULT_CONFIGURATION
  return { ...DEFAULT_CONFIGURATION, policy: { ...policy, minimumPodAge: MINIMUM_POD_AGE }, loop: { ...loop, ...LOOP } }
}

function settingsOf({ policy, loop }: Configuration): readonly string[] {
  return [
    `holdDown=${formatDuration(loop.holdDown)}`,
    `coolDown=${formatDuration(loop.coolDown)}`,
    `tick=${formatDuration(loop.tick)}`,
    `minimumPodAge=${formatDuration(policy.minimumPodAge)}`,
    `nodeGrace=${formatDuration(TIMINGS.nodeMonitorGracePeriod ?? 0)}`,
    `toleration=${TOLERATION_SECONDS}s`,
  ]
}

async function pause(clock: Clock, ms: number): Promise<void> {
  await new Promise<void>(resolve => {
    clock.after(ms, resolve)
  })
}
