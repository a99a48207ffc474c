import { describe, expect, it } from 'vitest'
import { createVirtualClock, type VirtualClock } from '../virtual-clock.ts'
import { createSchedulingQueue, type SchedulingQueue } from './scheduling-queue.ts'

function queueOn(clock: VirtualClock): SchedulingQueue {
  return createSchedulingQueue(clock, { min: 1_000, max: 10_000 }, 300_000, () => undefined)
}

describe('the scheduling queue', () => {
  it('hands out the highest priority first, and of equals the one that waits longest', () => {
    const queue = queueOn(createVirtualClock(0))
    queue.add('first', 0)
    queue.add('second', 0)
    queue.add('important', 5)

    expect([queue.next(), queue.next(), queue.next(), queue.next()]).toEqual(['important', 'first', 'second', undefined])
  })

  it('does not hand out a pod twice, nor one that was removed', () => {
    const queue = queueOn(createVirtualClock(0))
    queue.add('web', 0)
    queue.add('web', 0)
    queue.add('gone', 0)
    queue.remove('gone')

    expect([queue.next(), queue.next()]).toEqual(['web', undefined])
  })

  it('hands out a pod that did not fit only after an event', () => {
    const clock = createVirtualClock(0)
    const queue = queueOn(clock)
    queue.add('web', 0)
    queue.setAside(queue.next() ?? '')

    clock.advance(60_000)
    expect(queue.next()).toBeUndefined()
    queue.wake()

    expect(queue.next()).toBe('web')
  })

  it('lets an event wait for the back-off, which doubles up to its limit', () => {
    const clock = createVirtualClock(0)
    let readyAt = 0
    const queue = createSchedulingQueue(clock, { min: 1_000, max: 10_000 }, 300_000, () => {
      readyAt = clock.monotonic()
    })
    queue.add('web', 0)

    const waits = Array.from({ length: 6 }, () => {
      queue.setAside(queue.next() ?? '')
      const since = clock.monotonic()
      queue.wake()
      clock.advance(20_000)
      return readyAt - since
    })

    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000])
  })

  it('tries a pod again after five minutes though nothing happened', () => {
    const clock = createVirtualClock(0)
    const queue = queueOn(clock)
    queue.add('web', 0)
    queue.setAside(queue.next() ?? '')

    clock.advance(300_000)

    expect(queue.next()).toBe('web')
  })
})
