import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import { createTokenBucket } from './token-bucket.ts'

describe('createTokenBucket', () => {
  it('grants the burst at once and then one token at a time, in order of arrival', async () => {
    const clock = createVirtualClock(0)
    const bucket = createTokenBucket(clock, 2, 3)
    const granted: string[] = []

    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      void bucket.take(new AbortController().signal).then(() => granted.push(`${name} at ${clock.monotonic()}`))
    }
    await clock.advanceAsync(5_000)

    expect(granted).toEqual(['a at 0', 'b at 0', 'c at 0', 'd at 500', 'e at 1000'])
  })

  it('refuses what is over the limit when asked not to wait, and fills up no further than the burst', () => {
    const clock = createVirtualClock(0)
    const bucket = createTokenBucket(clock, 1, 2)
    const take = (count: number): readonly boolean[] => Array.from({ length: count }, () => bucket.tryTake())

    expect(take(3)).toEqual([true, true, false])
    clock.advance(60_000)
    expect(take(3)).toEqual([true, true, false])
  })

  it('stops waiting when the signal aborts', async () => {
    const clock = createVirtualClock(0)
    const bucket = createTokenBucket(clock, 1, 1)
    const stop = new AbortController()
    await bucket.take(stop.signal)

    const waiting = bucket.take(stop.signal)
    stop.abort()

    await expect(waiting).resolves.toBeUndefined()
  })
})
