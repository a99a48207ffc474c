import { describe, expect, it } from 'vitest'
import { makePod } from '../../test/support/builders.ts'
import { eviction } from '../../test/support/made-up-plans.ts'
import { expectationOf } from './expectations.ts'
import { EMPTY_HISTORY, formatHistory, parseHistory, type History } from './history.ts'

const WEB = { namespace: 'shop', workload: { kind: 'Deployment', name: 'web' } }
const planned = eviction(1)
const NOW = 5_000
const expectation = expectationOf(planned, makePod(planned.pod), ['web'], 1_000)

const MOVE = { controllerUid: 'rs', topologyKey: 'zone', domain: 'c', pod: 'web-3', uid: 'uid-3', node: 'node-c' }

const FULL: History = {
  expectations: [
    expectation,
    {
      ...expectation,
      stage: 'Evicted',
      replacementUid: 'uid-2',
      leavesAt: 2_000,
      landedIn: 'az-c',
      overdue: true,
      notReplacements: ['uid-3'],
    },
  ],
  rounds: [{ ...WEB, allowed: 3, spent: 1, lastAt: 1_000 }],
  moves: [{ ...WEB, ...MOVE, group: 'web', at: 1_000 }],
  misses: [{ group: 'web', cause: 'movedBack', at: 1_000 }],
  quarantines: [
    {
      group: 'web',
      cause: 'landing',
      workloads: [WEB],
      times: 2,
      since: 1_000,
      until: 2_000,
      circumstances: { spec: 's', nodes: 'n' },
    },
  ],
  episode: { cause: 'Outage', what: 'zone c', startedAt: 0, phase: 'Respread', since: 500, evictions: 2, misses: 1 },
  stoppedAt: 3_000,
}

describe('the stored history', () => {
  it.each([
    ['an empty one', EMPTY_HISTORY],
    ['one with something of everything', FULL],
  ])('comes back as it was: %s', (_, history) => {
    expect(parseHistory(formatHistory(history), NOW)).toEqual({ ok: true, history })
  })

  it("of a version that did not write down the group of an owner has moved pods of Kubernetes' own kinds", () => {
    const older = formatHistory(FULL).replaceAll(/"apiVersion":"[^"]*",/g, '')
    const parsed = parseHistory(older, NOW)

    expect(older).not.toContain('apiVersion')
    expect(parsed.ok && parsed.history.expectations[0]?.controller.apiVersion).toBe('apps/v1')
  })

  it.each<[string, string, string]>([
    ['a text that is no JSON', 'expectations: []', 'not JSON'],
    ['a text cut short', formatHistory(FULL).slice(0, -20), 'not JSON'],
    ['JSON of something else', '[]', 'it:'],
    ['another version', formatHistory(FULL).replace('"version":1', '"version":2'), 'version:'],
    ['a stage nobody knows', formatHistory(FULL).replace('"stage":"Evicted"', '"stage":"Elsewhere"'), 'expectations.1.stage:'],
    [
      'a time far ahead',
      formatHistory(FULL).replace('"until":2000', '"until":1e300'),
      'quarantines.0.until: a time that lies too far ahead',
    ],
    ['a time of next week', formatHistory(FULL).replace('"lastAt":1000', `"lastAt":${NOW + 7 * 86_400_000}`), 'rounds.0.lastAt:'],
    ['a number that is no count', formatHistory(FULL).replace('"spent":1', '"spent":-1'), 'rounds.0.spent:'],
    ['a field that is missing', formatHistory(FULL).replace('"bornAfter":1000,', ''), 'expectations.0.bornAfter:'],
  ])('that is %s is not believed, and what is wrong is said', (_, text, problem) => {
    expect(parseHistory(text, NOW)).toEqual({ ok: false, problem: expect.stringContaining(problem) })
  })

  it('may have fields from a later release', () => {
    expect(parseHistory(formatHistory(FULL).replace('"version":1', '"version":1,"mood":"good"'), NOW)).toMatchObject({ ok: true })
  })

  it('always fits into a ConfigMap, and keeps what is newest', () => {
    const group = 'g'.repeat(900)
    const crowd = Array.from({ length: 1_000 }, (_, index) => ({
      uid: `123e4567-e89b-12d3-a456-${String(index).padStart(12, '0')}`,
      of: { namespace: 'n'.repeat(63), workload: { kind: 'Deployment', name: `${'w'.repeat(60)}${index}` } },
    }))
    const many = <T>(of: (index: number) => T): readonly T[] => Array.from({ length: 5_000 }, (_, index) => of(index))
    const text = formatHistory({
      expectations: many(index => ({ ...expectation, group, uid: `uid-${index}`, notReplacements: crowd.map(({ uid }) => uid) })),
      rounds: many(index => ({
        namespace: 'n'.repeat(63),
        workload: { kind: 'Deployment', name: `${'w'.repeat(60)}${index}` },
        allowed: 9,
        spent: 9,
        lastAt: 1e12,
      })),
      moves: many(at => ({ ...WEB, ...MOVE, group, at })),
      misses: many(at => ({ group, cause: 'landing', at })),
      quarantines: many(at => ({
        group,
        cause: 'landing',
        workloads: crowd.map(({ of }) => of),
        times: 1,
        since: at,
        until: at,
        circumstances: { spec: 's'.repeat(16), nodes: 'n'.repeat(16) },
      })),
      episode: FULL.episode,
      stoppedAt: FULL.stoppedAt,
    })

    expect(text.length).toBeLessThan(1024 * 1024)
    expect(text).toContain('"uid-4999"')
  })
})
