import { expect, it } from 'vitest'
import { age, humanDuration } from './human-duration.ts'

it.each([
  [-3_000, '<invalid>'],
  [-1_000, '0s'],
  [999, '0s'],
  [119_000, '119s'],
  [120_000, '2m'],
  [150_000, '2m30s'],
  [600_000, '10m'],
  [10_799_000, '179m'],
  [10_800_000, '3h'],
  [12_600_000, '3h30m'],
  [28_800_000, '8h'],
  [172_799_000, '47h'],
  [180_000_000, '2d2h'],
  [691_200_000, '8d'],
  [63_072_000_000, '2y'],
  [63_158_400_000, '2y1d'],
  [252_288_000_000, '8y'],
])('%d ms ago is %s', (ms, expected) => {
  expect(humanDuration(ms)).toBe(expected)
})

it('does not know the age of what has no time', () => {
  expect([age(undefined, 0), age('', 0), age('1970-01-01T00:00:00Z', 5_000)]).toEqual(['<unknown>', '<unknown>', '5s'])
})
