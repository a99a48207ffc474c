import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration } from './duration.ts'

describe('a duration', () => {
  it.each([
    ['300ms', 300],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1m1ms', 60_001],
    ['1.5h', 5_400_000],
    ['0.5ms', 1],
    ['0s', 0],
    ['90m', 5_400_000],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.each(['', '10', '-5m', '+5m', '1h 30m', '5 m', '30m1h', '1m1m', '1d', '5M', 'm', '.5s', '1.s', '1e3s', '30s\n', '٣s'])(
    '%j is none',
    text => {
      expect(parseDuration(text)).toBeUndefined()
    },
  )

  it('reads back as it was written', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000_000 }), ms => {
        expect(parseDuration(formatDuration(ms))).toBe(ms)
      }),
    )
  })
})
