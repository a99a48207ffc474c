import { afterEach, describe, expect, it } from 'vitest'
import type { ClusterReader } from '../../src/cluster/cluster-state.ts'
import type { WatchedView } from '../../src/kubernetes/cluster-view.ts'
import { DEFAULT_POLICY } from '../../src/planning/policy.ts'
import { createLoop, type Loop } from '../../src/rebalancing/loop.ts'
import { DEFAULT_LOOP_SETTINGS } from '../../src/rebalancing/settings.ts'
import { shopPod, written } from '../support/embedded-api.ts'
import { plan } from '../support/made-up-plans.ts'
import { restEachTime } from '../support/rest-each-time.ts'
import { createSign } from '../support/stop-sign.ts'
import { watchStore, type WatchedStore, type WatchedStoreOptions } from '../support/watched-store.ts'

// The client takes a list in as many turns of the event loop as can be, so that every turn between two records is one in which others look.

const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const PODS = 60

async function open(options: WatchedStoreOptions): Promise<WatchedStore> {
  const world = await watchStore(PODS, { ...options, inSmallestSlices: true })
  closing.push(() => world.close())
  return world
}

/** Puts a pod of another generation in the place of each, in a moment in which no watch is there to tell of it. */
function replaceUnseen({ server, store }: WatchedStore, generation: string): void {
  server.faults.expireEverything()
  for (const { metadata } of store.list('pods')) {
    store.remove('pods', 'shop', metadata.name ?? '')
    written(store.create('pods', shopPod(metadata.name ?? '', { labels: { generation } })))
  }
}

const generationsIn = (state: ClusterReader): string =>
  [...new Set(Array.from(state.pods(), pod => pod.labels.get('generation') ?? 'old'))].join(' and ')

const isSynced = (view: WatchedView): boolean => view.freshness().every(({ synced }) => synced)

describe.each([
  ['that is streamed', true],
  ['in pages', false],
])('a list %s that takes the place of another', { timeout: 60_000 }, (_, watchList) => {
  it('is followed by the events that came meanwhile, in their order', async () => {
    const world = await open({ watchList })
    const { store } = world
    const view = await world.connect()
    const told: string[] = []
    const happens = (): void => {
      const relabel = (name: string, generation: string): unknown =>
        written(store.update('pods', 'shop', name, pod => ({ ...pod, metadata: { ...pod.metadata, labels: { generation } } })))
      relabel('p5', 'newer')
      written(store.remove('pods', 'shop', 'p6'))
      written(store.create('pods', shopPod('late', { labels: { generation: 'newer' } })))
      relabel('late', 'newest')
      relabel('p5', 'newest')
    }
    view.subscribe(({ key, before, after }) => {
      if (told.length === 0) happens()
      if (after?.kind === 'Pod' && after.deletedAt !== undefined) return
      const generation = after?.kind === 'Pod' ? after.labels.get('generation') : 'gone'
      told.push(`${before === undefined ? 'new ' : ''}${key} ${generation}${isSynced(view) ? '' : ', half in'}`)
    })

    replaceUnseen(world, 'new')
    await world.passUntil(() => view.state.pod('shop', 'p5')?.labels.get('generation') === 'newest')

    expect(told.slice(0, PODS).toSorted()).toEqual(Array.from({ length: PODS }, (_, n) => `shop/p${n} new, half in`).toSorted())
    expect(told.slice(PODS)).toEqual(['shop/p5 newer', 'shop/p6 gone', 'new shop/late newer', 'shop/late newest', 'shop/p5 newest'])
  })

  it('is never planned on before it is in, however often the loop is woken', async () => {
    const world = await open({ watchList })
    const view = await world.connect()
    const { clock } = world
    const planned: string[] = []
    const holds = new Set<string>()
    let wake = (): void => {}
    const loop: Loop = createLoop(
      {
        view,
        clock,
        rest: restEachTime,
        evictor: { evict: () => Promise.reject(new Error('nothing is to be evicted')) },
        recorder: { record: () => {} },
        leadership: {
          mayAct: () => true,
          subscribe: listener => {
            wake = listener
            return () => {}
          },
        },
        history: { load: () => Promise.resolve(undefined), save: () => Promise.resolve() },
        stopSign: createSign().seenBy(undefined),
      },
      {
        // So long that the list begins to go in while one is under way.
        prepare: () => Array<void>(20).values(),
        plan: () => {
          planned.push(generationsIn(view.state))
          return plan([], [])
        },
      },
      DEFAULT_POLICY,
      DEFAULT_LOOP_SETTINGS,
    )
    const looping = loop.start()
    let done = false
    let halfIn = 0
    const everyTurn = (): void => {
      halfIn += Number(generationsIn(view.state).includes('and'))
      wake()
      const { hold } = loop.status()
      if (hold !== undefined) holds.add(hold.reason)
      if (!done) setImmediate(everyTurn)
    }
    everyTurn()

    replaceUnseen(world, 'new')
    await world.passUntil(() => planned.includes('new'))
    done = true
    await loop.stop()
    await looping

    expect(halfIn).toBeGreaterThan(PODS / 2)
    expect([...new Set(planned)]).toEqual(['old', 'new'])
    expect([...holds]).toEqual(['CachesNotSynced'])
  })
})
