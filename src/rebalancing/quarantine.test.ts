import { describe, expect, it } from 'vitest'
import { afterMiss, forgive, missesTooOften, quarantineHolds, type Misses } from './quarantine.ts'
import type { OfWorkload } from './workload-key.ts'

const MINUTE = 60_000
const WEB: readonly OfWorkload[] = [{ namespace: 'shop', workload: { kind: 'Deployment', name: 'web' } }]
const NONE: Misses = { misses: [], quarantines: [] }

/** Misses of the group, at these minutes. */
function missed(known: Misses, group: string, ...minutes: readonly number[]): Misses {
  return minutes.reduce<Misses>((misses, minute) => afterMiss(misses, { group, cause: 'landing', at: minute * MINUTE }, WEB), known)
}

const until = ({ quarantines }: Misses): readonly (readonly [string, number])[] =>
  quarantines.map(quarantine => [quarantine.group, quarantine.until / MINUTE] as const)

describe('quarantine', () => {
  it('one miss is an accident, two are none', () => {
    expect(until(missed(NONE, 'web', 0))).toEqual([])
    expect(until(missed(NONE, 'web', 0, 1))).toEqual([['web', 11]])
  })

  it('misses of another group do not count', () => {
    expect(until(missed(missed(NONE, 'web', 0), 'cart', 1))).toEqual([])
  })

  it('lasts twice as long each time, and at most a day', () => {
    const twice = missed(NONE, 'web', 0, 1, 20, 21)
    const often = missed(NONE, 'web', ...Array.from({ length: 40 }, (_, n) => n * 10_000))

    expect(until(twice)).toEqual([['web', 21 + 20]])
    expect(until(often)).toEqual([['web', 390_000 + 24 * 60]])
  })

  it('holds every workload of the group until it ends', () => {
    const { quarantines } = missed(NONE, 'web', 0, 1)

    expect(quarantineHolds(quarantines, 10 * MINUTE)).toMatchObject([
      { namespace: 'shop', kind: 'Deployment', name: 'web', reason: 'Quarantined' },
    ])
    expect(quarantineHolds(quarantines, 11 * MINUTE)).toEqual([])
  })

  it('starts with a clean slate once the group is balanced and the quarantine over', () => {
    const known = missed(NONE, 'web', 0, 1)
    const forgiven = (minute: number, ...balanced: readonly string[]): Misses => forgive(known, new Set(balanced), minute * MINUTE)

    expect(until(missed(forgiven(15, 'web'), 'web', 20, 21))).toEqual([['web', 41]])
    expect(until(missed(forgiven(21, 'web'), 'web', 22, 23))).toEqual([['web', 33]])
    expect(until(missed(forgiven(15), 'web', 20, 21))).toEqual([['web', 41]])
    expect(until(forgiven(10, 'web'))).toEqual([['web', 11]])
    expect(forgiven(3000)).toEqual(NONE)
  })
})

describe('misses anywhere', () => {
  it.each<[string, readonly number[], number, boolean]>([
    ['two in ten minutes', [0, 1], 2, false],
    ['three in ten minutes', [0, 5, 9], 9, true],
    ['three in more than ten minutes', [0, 5, 10], 10, false],
  ])('%s', (_, minutes, now, tooOften) => {
    const misses = minutes.map((minute, index) => ({ group: `group-${index}`, cause: 'landing' as const, at: minute * MINUTE }))

    expect(missesTooOften(misses, now * MINUTE)).toBe(tooOften)
  })

  it('are not forgiven before the ten minutes are over', () => {
    const known: Misses = { misses: [0, 1].map(minute => ({ group: 'web', cause: 'landing', at: minute * MINUTE })), quarantines: [] }
    const after = missed(forgive(known, new Set(['web']), 2 * MINUTE), 'cart', 9)

    expect(missesTooOften(after.misses, 9 * MINUTE)).toBe(true)
  })
})
