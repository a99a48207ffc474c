import { describe, expect, it } from 'vitest'
import { beganWith, countEviction, countMiss, narrate, type Episode, type Scene } from './episodes.ts'

const MINUTE = 60_000
const QUIET: Scene = { now: 0, outages: [], drains: [], unbalanced: 0, blocked: 0, inFlight: 0, settlingDomains: 0 }
const DOWN = ['3 of 3 nodes of zone=c are not Ready']

/** Scenes by minute; the reasons told at each. */
function story(scenes: Readonly<Record<number, Partial<Scene>>>, start?: Episode) {
  let episode = start
  const told = Object.entries(scenes).map(([minute, scene]) => {
    const next = narrate(episode, { ...QUIET, ...scene, now: Number(minute) * MINUTE })
    episode = next.episode
    return next.told
  })
  return { episode, reasons: told.map(occurrences => occurrences.map(({ reason }) => reason)), last: told.at(-1)?.at(-1) }
}

describe('an episode', () => {
  it('is no story while nothing happens', () => {
    expect(story({ 0: {}, 1: { blocked: 2 } })).toMatchObject({ episode: undefined, reasons: [[], []] })
  })

  it('tells an outage from its beginning to balance as one', () => {
    const { reasons, episode, last } = story({
      0: { outages: DOWN },
      5: { outages: DOWN },
      20: { unbalanced: 3 },
      26: { inFlight: 2 },
      28: {},
    })

    expect(reasons).toEqual([['OutageBegan'], [], ['OutageEnded'], [], ['EpisodeDone']])
    expect(episode).toBeUndefined()
    expect(last).toMatchObject({ fields: { cause: 'Outage', secondsToBalance: 480 } })
    expect(last?.message).toContain('8m after the recovery')
  })

  it('knows of which outages its beginning told, as long as they go on', () => {
    const other = '2 of 2 nodes of zone=d are not Ready'
    const both = story({ 0: { outages: [...DOWN, other] } }).episode
    const grown = story({ 0: { outages: DOWN }, 1: { outages: [...DOWN, other] } }).episode
    const over = story({ 0: { outages: DOWN }, 1: { unbalanced: 3 } }).episode

    expect([both, grown, over, undefined].map(episode => [...DOWN, other].filter(outage => beganWith(episode, outage)))).toEqual([
      [...DOWN, other],
      DOWN,
      [],
      [],
    ])
  })

  it('goes on while the zone that came back settles, balanced as it may look until then', () => {
    const { reasons } = story({ 0: { outages: DOWN }, 1: { settlingDomains: 1 }, 2: { settlingDomains: 1, unbalanced: 3 }, 7: {} })

    expect(reasons).toEqual([['OutageBegan'], ['OutageEnded'], [], ['EpisodeDone']])
  })

  it('goes on when the zone dies again', () => {
    const { reasons, last } = story({ 0: { outages: DOWN }, 1: { unbalanced: 3 }, 2: { outages: DOWN }, 9: { unbalanced: 3 }, 10: {} })

    expect(reasons).toEqual([['OutageBegan'], ['OutageEnded'], ['OutageBegan'], ['OutageEnded'], ['EpisodeDone']])
    expect(last).toMatchObject({ fields: { secondsToBalance: 60 } })
  })

  it('tells a drain from its beginning to balance as one', () => {
    const { reasons, last } = story({ 0: { drains: ['node-a'] }, 4: { drains: ['node-a', 'node-b'] }, 9: { unbalanced: 2 }, 12: {} })

    expect(reasons).toEqual([['DrainBegan'], [], ['DrainEnded'], ['EpisodeDone']])
    expect(last?.message).toBe(
      'balanced 3m after the drain with 0 evictions and 0 misses; it began at 1970-01-01T00:00:00Z with: node-a drained',
    )
    expect(last?.fields).toMatchObject({ cause: 'Drain', secondsToBalance: 180 })
  })

  it('has the worst of its troubles for its cause', () => {
    const scenes = {
      0: { unbalanced: 1 },
      1: { unbalanced: 1, drains: ['node-a'] },
      2: { unbalanced: 1, drains: ['node-a'], outages: DOWN },
      3: { unbalanced: 1, drains: ['node-b'] },
      4: { unbalanced: 1 },
      5: {},
    }
    const { reasons, last } = story(scenes)

    expect(reasons).toEqual([
      ['EpisodeBegan'],
      ['DrainBegan'],
      ['OutageBegan'],
      ['OutageEnded', 'DrainBegan'],
      ['DrainEnded'],
      ['EpisodeDone'],
    ])
    expect(last).toMatchObject({ fields: { cause: 'Outage', secondsToBalance: 60, startedAt: '1970-01-01T00:00:00Z' } })
  })

  it('names skew without a known cause', () => {
    expect(story({ 0: { unbalanced: 1 } }).episode).toMatchObject({ cause: 'Skew', what: '1 group over maxSkew', phase: 'Respread' })
  })

  it('ends where the rest is blocked, and says so', () => {
    const { reasons, last } = story({ 0: { unbalanced: 2 }, 3: { blocked: 1 } })

    expect(reasons).toEqual([['EpisodeBegan'], ['EpisodeDone']])
    expect(last?.message).toMatch(/^as balanced as can be .*still 1 group over maxSkew, blocked/)
  })

  it('lasts no less than nothing, though the clock was set back', () => {
    const { episode } = story({ 60: { outages: DOWN }, 61: { unbalanced: 1 } })

    expect(story({ 1: {} }, episode).last).toMatchObject({ fields: { secondsToBalance: 0 } })
  })

  it('counts its evictions and misses', () => {
    const begun = story({ 0: { unbalanced: 2 } }).episode
    const counted = countMiss(countEviction(countEviction(begun)))

    expect(story({ 1: {} }, counted).last).toMatchObject({ fields: { evictions: 2, misses: 1 } })
    expect(countEviction(undefined)).toBeUndefined()
  })
})
