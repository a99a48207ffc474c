import { describe, expect, it } from 'vitest'
import { makePod } from '../../test/support/builders.ts'
import { eviction, group } from '../../test/support/made-up-plans.ts'
import type { GroupPlan } from '../planning/plan-types.ts'
import { expectationOf } from './expectations.ts'
import { EMPTY_HISTORY, type History } from './history.ts'
import { learn } from './learn.ts'
import { missesTooOften } from './quarantine.ts'
import type { Sighting } from './sightings.ts'

const NOW = 1_000_000
const planned = eviction(1, { fromDomain: 'a', toDomain: 'c' })
const controller = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: planned.controllerUid }
const expectation = { ...expectationOf(planned, makePod(planned.pod, { controller }), [], 0), stage: 'Evicted' as const }
const replacement = makePod('web-new', { nodeName: 'node-c' })
const round = { namespace: 'shop', workload: planned.workload, allowed: 2, spent: 2, lastAt: 0 }
const HISTORY: History = {
  ...EMPTY_HISTORY,
  rounds: [round],
  episode: { cause: 'Skew', what: '', startedAt: 0, phase: 'Respread', since: 0, evictions: 0, misses: 0 },
}

const skewed = group({ a: 4, b: 1, c: 0 }, { workloads: [planned.workload, { kind: 'Deployment', name: 'canary' }] })
const lesson = (sighting: Sighting, history = HISTORY, groups: readonly GroupPlan[] = [skewed], isClosed = false) =>
  learn(history, sighting, { groups: () => groups, isClosed: () => isClosed }, NOW)
const landedIn = (domain: string | undefined): Sighting => ({ kind: 'Landed', expectation, replacement, domain })
const reasons = ({ told }: ReturnType<typeof learn>): readonly string[] => told.map(({ reason }) => reason)

describe('what a sighting teaches', () => {
  it.each<[string, Sighting, string, string | undefined]>([
    ['a landing as predicted', landedIn('c'), 'Landed', 'helped'],
    ['one elsewhere that helps too', landedIn('b'), 'Landed', 'helped'],
    ['one that does not help', landedIn('a'), 'LandingMissed', 'missed'],
    ['a replacement that is Ready', { kind: 'Ready', expectation, replacement }, 'ReplacementReady', undefined],
    ['a controller that wants no replacement', { kind: 'NotReplaced', expectation }, 'NotReplaced', undefined],
    [
      'a replacement that waits too long for a place',
      { kind: 'Overdue', expectation, replacement: undefined },
      'ReplacementOverdue',
      'missed',
    ],
    [
      'one that landed and never gets Ready',
      { kind: 'Overdue', expectation: { ...expectation, landedIn: 'c' }, replacement },
      'ReplacementOverdue',
      undefined,
    ],
    ['an eviction that happened without an answer', { kind: 'Leaving', expectation }, 'EvictionTookEffect', 'evicted'],
    ['one that never happened', { kind: 'NotEvicted', expectation }, 'EvictionWasLost', undefined],
  ])('%s', (_, sighting, reason, verdict) => {
    const learnt = lesson(sighting)

    expect(reasons(learnt)).toEqual([reason])
    expect(learnt.verdict).toBe(verdict)
    expect(learnt.told[0]?.about).toEqual({ kind: 'Pod', namespace: 'shop', name: planned.pod, uid: planned.uid })
  })

  it('a landing on a node without the key is told as that, and counts nowhere, be a domain with an empty name the one that was meant', () => {
    const toEmpty = { ...expectation, toDomain: '', toDomains: [''] }
    const landing = (domain: string | undefined): Sighting => ({ kind: 'Landed', expectation: toEmpty, replacement, domain })
    expect(lesson(landing('')).told).toMatchObject([
      { reason: 'Landed', message: `shop/${planned.pod}: its replacement web-new landed in topology.kubernetes.io/zone=""` },
    ])
    expect(lesson(landing(undefined)).told).toMatchObject([
      {
        reason: 'LandingMissed',
        message: `shop/${planned.pod}: its replacement web-new landed on a node without topology.kubernetes.io/zone, which does not help; "" was predicted`,
      },
    ])
  })

  it('a landing where it was as likely, and helps another of its groups, is no miss', () => {
    const either = { ...expectation, toDomains: ['a', 'c'] }
    const learnt = lesson({ kind: 'Landed', expectation: either, replacement, domain: 'a' })

    expect(reasons(learnt)).toEqual(['Landed'])
    expect(learnt.history.misses).toEqual([])
  })

  it('asks for no plan when the landing was the predicted one', () => {
    const noPlan = (): never => {
      throw new Error('planned')
    }

    expect(() => learn(HISTORY, landedIn('c'), { groups: noPlan, isClosed: noPlan }, NOW)).not.toThrow()
  })

  it('the second miss quarantines every workload of the group', () => {
    const first = lesson(landedIn('a'))
    const second = lesson(landedIn('a'), first.history)

    expect(reasons(second)).toEqual(['LandingMissed', 'GroupQuarantined'])
    expect(second.history.quarantines[0]?.workloads.map(({ workload }) => workload.name)).toEqual(['web', 'canary'])
    expect(second.history.episode?.misses).toBe(2)
  })

  it('a domain that went away before anything could land there counts against the group, not against predictions', () => {
    let history = HISTORY
    for (const more of [1, 2, 3]) {
      const learnt = lesson(landedIn('a'), history, [skewed], true)
      expect(learnt.told[0]?.message).toContain('c was predicted and has gone away since')
      expect(learnt.history.quarantines).toHaveLength(more === 1 ? 0 : 1)
      history = learnt.history
    }

    expect(missesTooOften(history.misses, NOW)).toBe(false)
  })

  it('the rest of a workload begins when its eviction is over; one that never happened is not counted', () => {
    expect(lesson({ kind: 'Ready', expectation, replacement }).history.rounds).toEqual([{ ...round, lastAt: NOW }])
    expect(lesson({ kind: 'NotEvicted', expectation }).history.rounds).toEqual([{ ...round, spent: 1 }])
  })

  it.each<[string, Partial<typeof replacement> | undefined, string]>([
    ['is missing', undefined, 'has not been created'],
    ['is Pending', { nodeName: undefined, unschedulableMessage: '0/3 nodes are available' }, 'is Pending (0/3 nodes are available)'],
    ['crash-loops', { crashLooping: true, ready: false }, 'is crash-looping'],
    ['starts for ever', { ready: false }, 'is not Ready'],
  ])('says how an overdue replacement stands: %s', (_, fields, words) => {
    const overdue: Sighting = { kind: 'Overdue', expectation, replacement: fields && { ...replacement, ...fields } }

    expect(lesson(overdue).told[0]?.message).toContain(words)
  })

  it('says of an owner without a record that nobody can tell whether it still wants a replacement', () => {
    const custom = { ...expectation, controller: { apiVersion: 'apps.kruise.io/v1alpha1', kind: 'CloneSet', name: 'web' } }
    const [told] = lesson({ kind: 'Overdue', expectation: custom, replacement: undefined }).told

    expect(told?.message).toContain(
      'has not been created, and whether CloneSet web still wants it is not known; nothing more of its workload is evicted',
    )
  })
})
