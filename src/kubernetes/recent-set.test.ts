import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import { createRecentSet } from './recent-set.ts'

describe('createRecentSet', () => {
  it('knows a key until it is forgotten, counted from when it was last added', () => {
    const clock = createVirtualClock(0)
    const recent = createRecentSet(clock, 1_000, 10)

    expect([recent.add('a'), recent.add('a'), recent.add('b')]).toEqual([true, false, true])
    clock.advance(1_000)
    expect([recent.add('a'), recent.add('a')]).toEqual([true, false])
  })

  it('forgets the oldest when it is full', () => {
    const recent = createRecentSet(createVirtualClock(0), 1_000, 2)

    for (const key of ['a', 'b', 'c']) recent.add(key)

    expect([recent.add('c'), recent.add('b'), recent.add('a')]).toEqual([false, false, true])
  })
})
