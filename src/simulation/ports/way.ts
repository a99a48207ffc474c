import type { Clock, WriteRefusal } from '../../rebalancing/ports.ts'
import { drawDelay, type DelayRange, type Random } from '../random.ts'

/** How the way to the embedded API server behaves. */
export interface WayConditions {
  /** Milliseconds that a request is under way, and an answer again. */
  readonly delay: DelayRange
  /** How often an answer gets lost after the deed is done, 0..1. */
  readonly lostAnswers: number
}

const NOT_SENT: WriteRefusal = { kind: 'Throttled', retryAfterMs: 0, message: 'not sent: given up before' }

/** A way to the logic behind the embedded API server: it takes time and may lose the answer. */
export type Way = <T>(deed: () => T, signal: AbortSignal) => Promise<T | WriteRefusal>

export function createWay(clock: Clock, random: Random, conditions: WayConditions): Way {
  const pause = (): Promise<void> =>
    new Promise(resolve => {
      clock.after(drawDelay(random, conditions.delay), resolve)
    })

  const send = async <T>(deed: () => T): Promise<T | WriteRefusal> => {
    await pause()
    const answer = deed()
    await pause()
    return random.chance(conditions.lostAnswers) ? { kind: 'Lost', message: 'the connection broke before the answer came' } : answer
  }

  return (deed, signal) => {
    const aborted = new Promise<WriteRefusal>(resolve => {
      // A request that is given up may have arrived: it is not called back.
      signal.addEventListener('abort', () => resolve({ kind: 'Lost', message: 'given up before the answer came' }), { once: true })
    })
    return signal.aborted ? Promise.resolve(NOT_SENT) : Promise.race([send(deed), aborted])
  }
}
