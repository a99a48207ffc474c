import { messageOf } from '../cluster/error-message.ts'
import { timestamp } from '../cluster/timestamp.ts'
import type { LoopHold } from './loop-hold.ts'
import type { LoopContext } from './loop-state.ts'
import { missesTooOften } from './quarantine.ts'

/**
 * The stop after too many misses. It outlives the process, a change of leader and a change of the configuration: the history knows of it, and a
 * sign says so where a person sees it. A person takes the sign away, or starts respread anew; that lifts the stop and forgives the misses.
 */
export interface Stops {
  /** Stops the loop when the misses say so. */
  judge(): void
  /** Brings sign and history into line. Returns why the loop must not go on before it has succeeded. */
  heed(): Promise<LoopHold | undefined>
  /** Another may act from now on: the sign must be looked at anew before this one does. */
  forget(): void
}

const REASON = 'TooManyMisses'
const WHAT = 'three landings in ten minutes did not help'
/** Soon enough for a person who waits; milliseconds. */
const LOOK_EVERY = 10_000

export function createStops({ ports, settings, state }: LoopContext): Stops {
  const { clock, recorder, stopSign: sign } = ports
  const { memory } = state
  /** In monotonic time. */
  let lookedAt: number | undefined

  const stop = (): void => {
    const orAnew = sign.liftedBefore === undefined ? '' : 'respread is started anew or '
    state.stopped ??= {
      reason: REASON,
      message: `${WHAT}: nothing more is evicted until ${orAnew}somebody takes this back (${sign.removal})`,
    }
  }

  const lift = (how: string): void => {
    memory.history = { ...memory.history, misses: [], stoppedAt: undefined }
    if (state.stopped?.reason === REASON) state.stopped = undefined
    recorder.record({ reason: 'StopLifted', level: 'info', message: `evictions go on: ${how}` })
  }

  const putUp = async (): Promise<void> => {
    const now = clock.now()
    // The sign first: a history that knows of a stop without a sign is one that somebody has lifted.
    await sign.write(`${timestamp(now)} ${REASON}: ${WHAT}`)
    memory.history = { ...memory.history, stoppedAt: now }
  }

  const look = async (): Promise<void> => {
    const isUp = (await sign.read()) !== undefined
    const { stoppedAt } = memory.history
    if (!isUp && stoppedAt !== undefined) return lift('somebody has taken the stop back')
    if (!isUp) return
    if (stoppedAt !== undefined && sign.liftedBefore !== undefined && stoppedAt < sign.liftedBefore) {
      await sign.write(undefined)
      return lift('respread was started anew')
    }
    memory.history = { ...memory.history, stoppedAt: stoppedAt ?? clock.now() }
    stop()
  }

  return {
    judge: () => {
      if (memory.recalled && !settings.dryRun && missesTooOften(memory.history.misses, clock.now())) stop()
    },
    heed: async () => {
      const isStopped = state.stopped?.reason === REASON
      const isDue = lookedAt === undefined || (isStopped && clock.monotonic() >= lookedAt + LOOK_EVERY)
      try {
        if (isStopped && memory.history.stoppedAt === undefined) await putUp()
        else if (isDue) await look()
        else return undefined
        lookedAt = clock.monotonic()
        return undefined
      } catch (error) {
        return { reason: 'HistoryUnreadable', message: `whether it is stopped could be neither read nor noted: ${messageOf(error)}` }
      }
    },
    forget: () => {
      lookedAt = undefined
      if (state.stopped?.reason === REASON) state.stopped = undefined
    },
  }
}
