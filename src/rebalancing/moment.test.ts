import { expect, it } from 'vitest'
import { momentNow, wallTimeOf } from './moment.ts'

it('a moment is the same whenever one asks, though a clock of whole milliseconds and a finer one drift apart and back', () => {
  let ran = 0
  const clock = { now: () => Math.floor(5_000.6 + ran), monotonic: () => ran }
  const moment = momentNow(clock)
  for (const later of [0.5, 1_000.3, 300_000.9]) {
    ran = later
    expect(wallTimeOf(moment, clock)).toBe(5_000)
  }
})

it('a moment goes with the wall clock when somebody sets that', () => {
  let set = 0
  const clock = { now: () => 5_000 + set, monotonic: () => 100 }
  const moment = momentNow(clock)
  set = -3_600_000
  expect(wallTimeOf(moment, clock)).toBe(5_000 - 3_600_000)
})
