import { isDeepStrictEqual } from 'node:util'
import { messageOf } from '../cluster/error-message.ts'
import type { Configuration } from '../configuration/parse-configuration.ts'
import type { Clock } from '../rebalancing/ports.ts'
import type { Settings } from './settings-files.ts'

/** Often enough for a person who waits, and the kubelet takes a minute to bring a changed ConfigMap anyway. */
const LOOK_EVERY = 5_000

interface ConfigurationListener {
  /** Something else is in the files. The next look comes when this is over. Returns why it cannot be used, if so: that look tries it again. */
  changed(next: Settings): Promise<string | undefined>
  /** A file, or what it says, cannot be used; told once for each problem. What was in use before stays, but for a pause, which takes hold at once. */
  refused(problem: string): void
}

/**
 * Reads the configuration, and that of kube-scheduler, again every few seconds: by content, so that the swapped links of a mounted ConfigMap count,
 * and an editor's many writes do not. Returns how to stop.
 *
 * @param read rejects when a file cannot be used @param current what is in use
 */
export function watchConfiguration(
  clock: Clock,
  read: () => Promise<Settings>,
  current: Settings,
  listener: ConfigurationListener,
): () => void {
  let inUse = current
  let refused: Settings | undefined
  let told: string | undefined
  let ended = false
  let cancel = clock.after(LOOK_EVERY, () => void look())

  async function look(): Promise<void> {
    const found = await read().catch(messageOf)
    if (ended) return
    const problem = typeof found === 'string' ? found : await take(found)
    if (ended) return
    if (problem !== undefined && problem !== told) listener.refused(problem)
    told = problem
    cancel = clock.after(LOOK_EVERY, () => void look())
  }

  async function take(found: Settings): Promise<string | undefined> {
    // A brake does not wait until everything else is right.
    if (found.configuration.loop.paused) await use(asPaused(inUse))
    const problem = await use(found)
    if (problem === undefined) return undefined
    // Whoever changes something looks for what has come of it.
    if (!isDeepStrictEqual(found, refused)) told = undefined
    refused = found
    return inUse.configuration.loop.paused ? `${problem}; it is paused` : problem
  }

  async function use(next: Settings): Promise<string | undefined> {
    if (isDeepStrictEqual(next, inUse)) return undefined
    const problem = await listener.changed(next)
    if (problem === undefined) inUse = next
    return problem
  }

  return () => {
    ended = true
    cancel()
  }
}

function asPaused({ configuration, ...others }: Settings): Settings {
  return { ...others, configuration: { ...configuration, loop: { ...configuration.loop, paused: true } } }
}

/** Lays a new configuration over the one that a process was started with, and names what only a restart brings into effect. */
export function reloaded(
  started: Configuration,
  next: Configuration,
): { readonly configuration: Configuration; readonly needsRestart: readonly string[] } {
  const { leaderElection, metrics, logLevel, loop } = started
  const { evictionsPerSecond, evictionRequestDeadline, dryRun } = loop
  const fixed: readonly (readonly [name: string, before: unknown, after: unknown])[] = [
    ['leaderElection', leaderElection, next.leaderElection],
    ['metrics', metrics, next.metrics],
    ['logLevel', logLevel, next.logLevel],
    ['limits.evictionsPerSecond', evictionsPerSecond, next.loop.evictionsPerSecond],
    ['timing.evictionRequestDeadline', evictionRequestDeadline, next.loop.evictionRequestDeadline],
    ['dryRun', dryRun, next.loop.dryRun],
  ]
  return {
    configuration: {
      ...next,
      leaderElection,
      metrics,
      logLevel,
      loop: { ...next.loop, evictionsPerSecond, evictionRequestDeadline, dryRun },
    },
    needsRestart: fixed.filter(([, before, after]) => !isDeepStrictEqual(before, after)).map(([name]) => name),
  }
}
