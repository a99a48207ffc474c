import { stripVTControlCharacters } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { liveFrame } from './live-frame.ts'
import { liveLines } from './live-lines.ts'
import type { LiveView, LiveWorkload, StoryLine } from './live-view.ts'

const workload = (name: string, counts: readonly (number | undefined)[], given: Partial<LiveWorkload> = {}): LiveWorkload => ({
  namespace: 'shop',
  workload: { kind: 'Deployment', name },
  counts,
  pending: 0,
  skew: Math.max(...counts.map(count => count ?? 0)) - Math.min(...counts.filter(count => count !== undefined)),
  maxSkew: 1,
  status: 'Violated',
  ...given,
})

const view = (given: Partial<LiveView> = {}): LiveView => ({
  title: 'respread demo',
  time: '00:42',
  settings: ['tick=2s', 'debounce=500ms', 'holdDown=10s', 'coolDown=5s', 'freshness=90s', 'evictionsPerSecond=5'],
  domains: [
    { name: 'az-a', nodes: 3, readyNodes: 3, state: '' },
    { name: 'az-b', nodes: 3, readyNodes: 2, state: '' },
    { name: 'az-c', nodes: 3, readyNodes: 3, state: 'settling' },
  ],
  workloads: [
    workload('web', [5, 6, 1]),
    workload('checkout-payment-authorization', [25, 16, 1], { pending: 2 }),
    workload('queue', [4, 4, undefined], { status: 'Held' }),
    workload('cache', [2, 2, 2], { status: 'Balanced' }),
  ],
  inFlight: [{ namespace: 'shop', pod: 'web-7c9f8d6b5-abcde', fromDomain: 'az-a', toDomain: 'az-c', state: 'Pending' }],
  held: [
    {
      namespace: 'shop',
      workload: { kind: 'Deployment', name: 'queue' },
      reason: 'DomainSettling',
      message: 'az-c came back 6s ago and must hold still until 00:50',
    },
  ],
  story: [
    { id: 1, time: '00:10', level: 'warning', text: 'OutageBegan: all 3 nodes of az-c are not Ready' },
    { id: 2, time: '00:31', level: 'info', text: 'OutageEnded: after 21s' },
  ],
  ...given,
})

const frame = (given: LiveView, options: { width?: number; height?: number; colour?: boolean } = {}): string =>
  `\n${liveFrame(given, { width: 80, height: 24, colour: false, ...options })}`

describe('a frame of the live view', () => {
  it('shows domains, workloads, evictions in flight, holds and the story', () => {
    expect(frame(view())).toMatchInlineSnapshot(`
      "
      respread demo  00:42
      tick=2s debounce=500ms holdDown=10s coolDown=5s freshness=90s
      evictionsPerSecond=5

                            az-a        az-b        az-c        SKEW
      ready nodes           3/3         2/3         3/3
                                                    settling
      shop/deploy/web       5   #####   6   ######  1   #       5/1   Violated
      shop/deploy/checkout-payment-authorization
                            25  ####### 16  ####    1   #       24/1  Violated +2
      shop/deploy/queue     4   ####    4   ####    -           0/1   Held
      shop/deploy/cache     2   ##      2   ##      2   ##      0/1   Balanced

      IN FLIGHT
        shop/web-7c9f8d6b5-abcde az-a -> az-c: Pending

      HELD
        shop/deploy/queue: DomainSettling: az-c came back 6s ago and must hold still
        until 00:50

      00:10 OutageBegan: all 3 nodes of az-c are not Ready
      00:31 OutageEnded: after 21s
      "
    `)
  })

  it('counts what does not fit, and keeps the end of the story', () => {
    const many = view({
      workloads: Array.from({ length: 30 }, (_, index) => workload(`w${index}`, [index, 0, 0])),
      inFlight: Array.from({ length: 9 }, (_, index) => ({
        namespace: 'shop',
        pod: `w-${index}`,
        fromDomain: 'az-a',
        toDomain: 'az-c',
        state: 'evicted',
      })),
      held: [],
      story: Array.from({ length: 40 }, (_, index) => ({ id: index, time: '00:50', level: 'info', text: `line ${index}` })),
    })

    expect(frame(many, { height: 20 })).toMatchInlineSnapshot(`
      "
      respread demo  00:42
      tick=2s debounce=500ms holdDown=10s coolDown=5s freshness=90s
      evictionsPerSecond=5

                            az-a        az-b        az-c        SKEW
      ready nodes           3/3         2/3         3/3
                                                    settling
      shop/deploy/w0        0           0           0           0/1   Violated
      and 29 more

      IN FLIGHT
        shop/w-0 az-a -> az-c: evicted
        shop/w-1 az-a -> az-c: evicted
        shop/w-2 az-a -> az-c: evicted
        and 6 more

      00:50 line 36
      00:50 line 37
      00:50 line 38
      00:50 line 39
      "
    `)
  })

  it('is the same in colours', () => {
    const coloured = frame(view(), { colour: true })
    expect(coloured).not.toBe(frame(view()))
    expect(stripVTControlCharacters(coloured).replace(/ +$/gm, '')).toBe(frame(view()))
  })

  it('fits the screen, whatever there is to show', () => {
    const counts = fc.array(fc.nat(500), { minLength: 3, maxLength: 3 })
    const workloads = fc.array(
      fc.tuple(fc.stringMatching(/^[a-z]{1,40}$/), counts).map(([name, each]) => workload(name, each)),
      { maxLength: 40 },
    )
    const story = fc
      .array(fc.string({ maxLength: 200 }), { maxLength: 30 })
      .map(texts => texts.map((text, id): StoryLine => ({ id, time: '00:50', level: 'info', text })))
    fc.assert(
      fc.property(workloads, story, fc.integer({ min: 16, max: 60 }), (someWorkloads, someStory, height) => {
        const lines = liveFrame(view({ workloads: someWorkloads, story: someStory }), { width: 80, height, colour: false })
          .trimEnd()
          .split('\n')
        expect(lines.length).toBeLessThanOrEqual(height)
        expect(lines.filter(line => line.length > 80 && line.trim().split(' ').length > 2)).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
})

describe('the lines of the live view', () => {
  it('begin with the settings and everything as it stands', () => {
    expect(liveLines(undefined, view({ workloads: [workload('web', [5, 6, 1], { pending: 2 })] }))).toEqual([
      'respread demo: tick=2s, debounce=500ms, holdDown=10s, coolDown=5s, freshness=90s, evictionsPerSecond=5',
      '00:10 OutageBegan: all 3 nodes of az-c are not Ready',
      '00:31 OutageEnded: after 21s',
      '00:42 shop/deploy/web az-a=5 az-b=6 az-c=1 pending=2 skew 5 (maxSkew 1) Violated',
    ])
  })

  it('say what is no domain for the pods', () => {
    const lines = liveLines(undefined, view({ workloads: [workload('web', [6, 6, undefined])], story: [] }))
    expect(lines.at(-1)).toBe('00:42 shop/deploy/web az-a=6 az-b=6 az-c=- skew 0 (maxSkew 1) Violated')
  })

  it('go on with what was told and what changed', () => {
    const before = view()
    const after = view({
      time: '00:43',
      workloads: before.workloads.map(each => (each.workload.name === 'web' ? workload('web', [5, 5, 2]) : each)),
      story: [...before.story.slice(1), { id: 3, time: '00:43', level: 'info', text: 'Landed: \u001b[2J' }],
    })
    expect(liveLines(before, after)).toEqual([
      '00:43 Landed: \\u{1b}[2J',
      '00:43 shop/deploy/web az-a=5 az-b=5 az-c=2 skew 3 (maxSkew 1) Violated',
    ])
    expect(liveLines(after, after)).toEqual([])
  })
})
