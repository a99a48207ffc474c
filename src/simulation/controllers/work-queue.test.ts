import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../virtual-clock.ts'
import { createWorkQueue } from './work-queue.ts'

describe('the work queue', () => {
  it('reconciles a key once, however often it is added while it waits', () => {
    const clock = createVirtualClock(0)
    const done: string[] = []
    const queue = createWorkQueue(
      clock,
      () => 100,
      key => void done.push(`${key} at ${clock.monotonic()}`),
    )
    queue.add('web')
    clock.advance(50)
    queue.add('web')
    queue.add('db')

    clock.advance(1_000)

    expect(done).toEqual(['web at 100', 'db at 150'])
  })

  it('takes up again a key that its own reconcile touched', () => {
    const clock = createVirtualClock(0)
    const done: number[] = []
    const queue = createWorkQueue(
      clock,
      () => 10,
      key => {
        done.push(clock.monotonic())
        if (done.length < 3) queue.add(key)
        return undefined
      },
    )
    queue.add('web')

    clock.advance(1_000)

    expect(done).toEqual([10, 20, 30])
  })

  it('looks again when the reconcile asks for it, and sooner when something happens', () => {
    const clock = createVirtualClock(0)
    const done: number[] = []
    const queue = createWorkQueue(
      clock,
      () => 10,
      () => {
        done.push(clock.monotonic())
        return done.length === 1 ? 500 : undefined
      },
    )
    queue.add('web')
    clock.advance(100)
    queue.add('web')

    clock.advance(1_000)

    expect(done).toEqual([10, 110])
  })

  it('does nothing after it was stopped', () => {
    const clock = createVirtualClock(0)
    const done: string[] = []
    const queue = createWorkQueue(
      clock,
      () => 10,
      key => void done.push(key),
    )
    queue.add('web')
    queue.stop()
    queue.add('db')

    clock.advance(1_000)

    expect(done).toEqual([])
  })
})
