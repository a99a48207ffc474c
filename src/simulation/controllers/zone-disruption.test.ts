import { describe, expect, it } from 'vitest'
import { mayEvictFrom, zoneState, type ZoneState } from './zone-disruption.ts'

describe('the state of a zone', () => {
  it.each<[string, number, number, ZoneState]>([
    ['every node Ready', 3, 0, 'Normal'],
    ['no nodes at all', 0, 0, 'Normal'],
    ['two of three silent: too few to call it a disruption', 1, 2, 'Normal'],
    ['every node silent', 0, 3, 'FullDisruption'],
    ['the only node silent', 0, 1, 'FullDisruption'],
    ['three of five silent', 2, 3, 'PartialDisruption'],
    ['three of six silent', 3, 3, 'Normal'],
  ])('%s', (_name, ready, notReady, state) => {
    expect(zoneState(ready, notReady)).toBe(state)
  })
})

describe('eviction from a zone', () => {
  it.each<[string, ZoneState, ZoneState[], boolean]>([
    ['goes on where one node of a healthy zone is lost', 'Normal', ['Normal', 'Normal'], true],
    ['goes on where a whole zone is lost and another lives', 'FullDisruption', ['FullDisruption', 'Normal'], true],
    ['stops where a small zone is partly lost', 'PartialDisruption', ['PartialDisruption', 'Normal'], false],
    ['stops everywhere when every zone is lost', 'FullDisruption', ['FullDisruption', 'FullDisruption'], false],
  ])('%s', (_name, zone, all, allowed) => {
    expect(mayEvictFrom(zone, all)).toBe(allowed)
  })
})
