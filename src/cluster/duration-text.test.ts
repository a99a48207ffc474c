import { expect, it } from 'vitest'
import { durationText } from './duration-text.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

it.each([
  [-5000, '0s'],
  [0, '0s'],
  [0.2, '0s'],
  [400, '400ms'],
  [999.6, '1s'],
  [1000, '1s'],
  [4600, '5s'],
  [90_000, '90s'],
  [2 * MINUTE - 400, '2m'],
  [5 * MINUTE + 30_400, '5m30s'],
  [59 * MINUTE + 59_800, '1h'],
  [2 * HOUR, '2h'],
  [2 * HOUR + 59_000, '2h'],
  [3 * HOUR + 20 * MINUTE, '3h20m'],
  [2 * DAY, '2d'],
  [400 * DAY + 3 * HOUR, '400d3h'],
])('%d ms reads %s', (ms, text) => {
  expect(durationText(ms)).toBe(text)
})
