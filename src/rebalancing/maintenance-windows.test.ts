import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { outsideWindows, type MaintenanceWindow } from './maintenance-windows.ts'

const HOUR = 3_600_000

const nightly: MaintenanceWindow = { schedule: '0 22 * * 1-5', timeZone: 'Europe/Vienna', duration: 6 * HOUR }
const sunday: MaintenanceWindow = { schedule: '0 10 * * SUN', timeZone: 'UTC', duration: 2 * HOUR }

const isOpen = (time: string, ...windows: readonly MaintenanceWindow[]): boolean => outsideWindows(windows, Date.parse(time)) === undefined

describe('maintenance windows', () => {
  it('that nobody has asked for are always open', () => {
    expect(outsideWindows([], Date.parse('2026-11-21T12:00:00Z'))).toBeUndefined()
  })

  it.each<[string, string, boolean]>([
    ['before it opens', '2026-11-23T20:59:59.999Z', false],
    ['when it opens', '2026-11-23T21:00:00Z', true],
    ['in it, past midnight', '2026-11-24T02:30:00Z', true],
    ['its last moment', '2026-11-24T02:59:59.999Z', true],
    ['its end, which is no part of it', '2026-11-24T03:00:00Z', false],
    ['Friday night', '2026-11-28T01:00:00Z', true],
    ['Saturday night', '2026-11-28T22:00:00Z', false],
  ])('of a weeknight: %s', (_, time, open) => {
    expect(isOpen(time, nightly)).toBe(open)
  })

  it('are open while one of them is', () => {
    expect(isOpen('2026-11-22T11:00:00Z', nightly)).toBe(false)
    expect(isOpen('2026-11-22T11:00:00Z', nightly, sunday)).toBe(true)
  })

  it('may overlap with themselves', () => {
    const hourly = { schedule: '@hourly', timeZone: 'UTC', duration: 90 * 60_000 }
    for (const minute of ['00', '29', '31', '59']) expect(isOpen(`2026-11-22T11:${minute}:00Z`, hourly)).toBe(true)
  })

  it('say while they are shut which opens next, and when', () => {
    expect(outsideWindows([nightly, sunday], Date.parse('2026-11-21T12:00:00Z'))).toEqual({
      reason: 'OutsideWindow',
      until: Date.parse('2026-11-22T10:00:00Z'),
      message: 'no maintenance window is open; the next opens at 2026-11-22T10:00:00Z (0 10 * * SUN in UTC)',
    })
    expect(outsideWindows([nightly, sunday], Date.parse('2026-11-22T12:00:00Z'))).toMatchObject({
      until: Date.parse('2026-11-23T21:00:00Z'),
    })
  })
})

describe('when the clocks change', () => {
  const summer = '2026-03-29' // 02:00 becomes 03:00, at 01:00 UTC
  const winter = '2026-10-25' // 03:00 becomes 02:00, at 01:00 UTC
  const everyNight: MaintenanceWindow = { ...nightly, schedule: '0 22 * * *' }
  const small: MaintenanceWindow = { schedule: '30 2 * * *', timeZone: 'Europe/Vienna', duration: HOUR / 2 }

  it.each<[string, string, boolean]>([
    ['to summer time, it opens by the old clocks', '2026-03-28T21:00:00Z', true],
    ['and is open for its whole duration', '2026-03-29T02:59:00Z', true],
    ['and no longer', '2026-03-29T03:00:00Z', false],
    ['the night after, it opens by the new clocks', '2026-03-29T20:00:00Z', true],
    ['from summer time, it opens by the old clocks', '2026-10-24T20:00:00Z', true],
    ['and is open for its whole duration', '2026-10-25T01:59:00Z', true],
    ['and no longer', '2026-10-25T02:00:00Z', false],
    ['the night after, it opens by the new clocks', '2026-10-25T20:59:00Z', false],
    ['one hour later than the night before', '2026-10-25T21:00:00Z', true],
  ])('in a window %s', (_, time, open) => {
    expect(isOpen(time, everyNight)).toBe(open)
  })

  it('a window whose time is skipped opens when the clocks have jumped', () => {
    expect(isOpen(`${summer}T00:59:00Z`, small)).toBe(false)
    expect(isOpen(`${summer}T01:00:00Z`, small)).toBe(true)
    expect(isOpen(`${summer}T01:30:00Z`, small)).toBe(false)
  })

  it('a window whose time comes twice opens the first time', () => {
    expect(isOpen(`${winter}T00:30:00Z`, small)).toBe(true)
    expect(isOpen(`${winter}T01:00:00Z`, small)).toBe(false)
    expect(isOpen(`${winter}T01:30:00Z`, small)).toBe(false)
  })
})

it('what is shut is open at the moment that it names, and not before', () => {
  const windows = fc.record<MaintenanceWindow>({
    schedule: fc
      .tuple(fc.nat(59), fc.nat(23), fc.constantFrom('*', '1', '29', '31'), fc.constantFrom('*', '2,3', '*/5'), fc.constantFrom('*', '1-5'))
      .map(fields => fields.join(' '))
      .filter(schedule => !/(?:29|31) 2,3/.test(schedule)),
    timeZone: fc.constantFrom('UTC', 'Europe/Vienna', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Asia/Kathmandu'),
    duration: fc.integer({ min: 60_000, max: 30 * HOUR }),
  })
  const times = fc.integer({ min: Date.parse('2026-01-01T00:00:00Z'), max: Date.parse('2028-01-01T00:00:00Z') })
  fc.assert(
    fc.property(windows, times, fc.double({ min: 0, max: 0.999, noNaN: true }), (window, now, share) => {
      const shut = outsideWindows([window], now)
      if (shut?.until === undefined) return
      expect(shut.until).toBeGreaterThan(now)
      expect(outsideWindows([window], shut.until)).toBeUndefined()
      expect(outsideWindows([window], shut.until + window.duration - 1)).toBeUndefined()
      expect(outsideWindows([window], now + Math.floor((shut.until - now) * share))?.until).toBe(shut.until)
    }),
    { seed: 11 },
  )
})
