import { expect, it } from 'vitest'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import { createRest } from './rests.ts'

it('all who work at the same time share one slice, and after it everything else has its turn', async () => {
  const clock = createVirtualClock(0)
  const rest = createRest(clock)
  const order: string[] = []
  const work = async (who: string): Promise<void> => {
    for (let piece = 0; piece < 6; piece += 1) {
      const pause = rest()
      if (pause !== undefined) await pause
      clock.advance(4)
      order.push(who)
    }
  }

  let done = false
  const others = (): void => {
    order.push('others')
    if (!done) setImmediate(others)
  }
  setImmediate(others)

  await Promise.all([work('a'), work('b'), work('c')])
  done = true

  const longest = order
    .join(' ')
    .split('others')
    .map(turn => turn.trim().split(' ').length)
  // Three pieces fill a slice; a worker that the end of one lets go on does at most one piece more.
  expect(Math.max(...longest)).toBeLessThanOrEqual(3 + 2)
  expect(order.filter(who => who !== 'others')).toHaveLength(18)
})
