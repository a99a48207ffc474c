import { describe, expect, it } from 'vitest'
import { retryAfterMs } from './retry-after.ts'

const now = Date.parse('2026-11-21T10:00:00Z')

describe('retryAfterMs', () => {
  it.each([
    ['seconds', '10', 10_000],
    ['zero seconds', '0', 0],
    ['an HTTP date', 'Sat, 21 Nov 2026 10:00:05 GMT', 5_000],
    ['a date gone by', 'Sat, 21 Nov 2026 09:59:00 GMT', 0],
    ['an absurd figure', '999999999', 600_000],
    ['nothing', '', undefined],
    ['no header', undefined, undefined],
    ['words', 'soon', undefined],
    ['a negative number', '-5 apples', undefined],
  ])('%s', (_, header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected)
  })
})
