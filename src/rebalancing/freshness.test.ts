import { describe, expect, it } from 'vitest'
import { ageOf, staleness } from './freshness.ts'
import type { KindFreshness } from './ports.ts'

const LIMIT = 90_000
const kind = (name: KindFreshness['kind'], fields: Partial<KindFreshness> = {}): KindFreshness => ({
  kind: name,
  required: true,
  synced: true,
  ageMs: 0,
  ...fields,
})

describe('staleness', () => {
  it.each<[string, readonly KindFreshness[], string | undefined]>([
    ['everything is current', [kind('Pod'), kind('Node', { ageMs: LIMIT })], undefined],
    ['one cache has not been listed', [kind('Pod', { synced: false }), kind('Node')], 'CachesNotSynced'],
    ['one cache was proved current too long ago', [kind('Pod'), kind('Node', { ageMs: LIMIT + 1 })], 'ViewStale'],
    ['an optional kind is missing', [kind('Pod'), kind('HorizontalPodAutoscaler', { required: false, synced: false })], undefined],
    ['unsynced outranks stale', [kind('Pod', { ageMs: LIMIT + 1 }), kind('Node', { synced: false })], 'CachesNotSynced'],
  ])('%s', (_, freshness, reason) => {
    expect(staleness(freshness, LIMIT)?.reason).toBe(reason)
  })

  it('names the kinds, in a stable order, unless it is all of them', () => {
    const stale = [kind('Pod', { ageMs: LIMIT + 1 }), kind('Node', { ageMs: LIMIT + 1 })]

    expect(staleness([...stale, kind('Namespace')], LIMIT)?.message).toBe('for 90s the server has sent nothing about Node, Pod')
    expect(staleness(stale, LIMIT)?.message).toBe('for 90s the server has sent nothing')
  })
})

describe('ageOf', () => {
  it('is infinite for a cache that is not synced or not there, so that no deadline passes on it', () => {
    expect(ageOf([kind('Pod', { ageMs: 7 })], 'Pod')).toBe(7)
    expect(ageOf([kind('Pod', { ageMs: 7, synced: false })], 'Pod')).toBe(Infinity)
    expect(ageOf([], 'Pod')).toBe(Infinity)
  })
})
