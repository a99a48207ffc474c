import { afterEach, describe, expect, it } from 'vitest'
import type { WatchedView } from '../../src/kubernetes/cluster-view.ts'
import { shopPod, written } from '../support/embedded-api.ts'
import { watchStore, type WatchedStore } from '../support/watched-store.ts'

const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function open(...args: Parameters<typeof watchStore>): Promise<WatchedStore> {
  const world = await watchStore(...args)
  closing.push(() => world.close())
  return world
}

/** Three pages of pods. */
const PAGED = { watchList: false } as const
const THREE_PAGES = 1_200

function podNames(view: WatchedView): ReadonlySet<string> {
  return new Set(Array.from(view.state.pods(), ({ name }) => name))
}

/** Creates a pod, and waits until the view shows it: the watch is well again. */
async function showsNews(world: WatchedStore, view: WatchedView): Promise<void> {
  written(world.store.create('pods', shopPod('news')))
  await world.passUntil(() => view.state.pod('shop', 'news') !== undefined)
}

describe('a first list is whole or not there', { timeout: 30_000 }, () => {
  it('when a page fails in the middle: it is asked for again, with a count and a warning', async () => {
    const world = await open(THREE_PAGES, PAGED)
    world.server.faults.next({ verb: 'list', resource: 'pods' }, { kind: 'cutAnswer' })

    const view = await world.connect()

    expect(podNames(view).size).toBe(THREE_PAGES)
    expect(world.askedOfPods()).toMatch(/^stream list list page page watch/)
    expect(world.podCounters(view)).toMatchObject({ lists: 1, failures: 1 })
    expect(world.warnedOfPods()).toEqual(['RequestFailed'])
  })

  it('when the continue token expires: it starts anew, and keeps nothing of the first try', async () => {
    const world = await open(THREE_PAGES, {
      ...PAGED,
      onAsk: () => {
        if (world.askedOfPods() !== 'stream list page') return
        // A pod of the page that has been read goes, and everything handed out is too old.
        world.store.remove('pods', 'shop', 'p0')
        world.server.faults.expireEverything()
      },
    })

    const view = await world.connect()

    expect(world.askedOfPods()).toMatch(/^stream list page list page page watch/)
    expect(podNames(view).size).toBe(THREE_PAGES - 1)
    expect(view.state.pod('shop', 'p0')).toBeUndefined()
  })

  it('when the server offers no streaming list: it comes in pages', async () => {
    const world = await open(THREE_PAGES, PAGED)

    const view = await world.connect()

    expect(podNames(view).size).toBe(THREE_PAGES)
    expect(world.askedOfPods()).toMatch(/^stream list page page watch/)
  })

  it.each([
    ['falls silent', 0, 'WatchSilent'],
    ['chatters on for minutes', 1_000, 'RequestFailed'],
  ])('when the server lies about its streaming list and %s: it comes in pages, with a count and a warning', async (_, everyMs, reason) => {
    const world = await open(5)
    world.server.faults.next({ verb: 'watch', resource: 'pods' }, { kind: 'withholdBookmark' })
    let beats = 0
    const chatter = (): void => {
      beats += 1
      world.store.update('pods', 'shop', 'p0', pod => ({ ...pod, metadata: { ...pod.metadata, labels: { beat: String(beats) } } }))
      world.clock.after(everyMs, chatter)
    }
    if (everyMs > 0) world.clock.after(everyMs, chatter)

    const view = await world.connect()

    expect(podNames(view).size).toBe(5)
    expect(world.askedOfPods()).toMatch(/^stream list watch/)
    expect(world.warnedOfPods()).toEqual([reason])
    const { stalls, failures } = world.podCounters(view)
    expect(stalls + failures).toBe(1)
  })

  it('when its stream breaks off, again and again: nothing is known of the kind meanwhile', async () => {
    const world = await open(50)
    world.server.faults.next({ verb: 'watch', resource: 'pods' }, { kind: 'reset' }, 3)

    const view = await world.connect()

    expect(podNames(view).size).toBe(50)
    expect(world.askedOfPods()).toBe('stream stream stream stream')
    expect(world.podCounters(view)).toMatchObject({ lists: 1, failures: 3 })
  })
})

describe('a watch goes on', { timeout: 30_000 }, () => {
  it.each([
    ['half a line', 'halfLine', 'RequestFailed', { failures: 1 }],
    ['a garbage line', 'garbageLine', 'WatchGarbled', { garbageLines: 1 }],
  ] as const)('after %s, from where it was, with a count and a warning', async (_, damage, reason, counted) => {
    const world = await open(3)
    const view = await world.connect()

    world.server.faults.damageWatches({ resource: 'pods' }, damage)
    await world.passUntil(() => world.warnedOfPods().length > 0)
    await showsNews(world, view)

    expect(podNames(view).size).toBe(4)
    expect(world.askedOfPods()).toBe('stream watch')
    expect(world.warnedOfPods()).toEqual([reason])
    expect(world.podCounters(view)).toMatchObject({ lists: 1, ...counted })
  })

  it('past an object of 1.5 MB and a pod with 10,000 labels', async () => {
    const world = await open(3)
    const view = await world.connect()
    const like = (name: string, more: object): void => {
      const pod = shopPod(name)
      written(world.store.create('pods', { ...pod, metadata: { ...pod.metadata, ...more } }))
    }

    like('noted', { annotations: { note: 'é'.repeat(750_000) } })
    like('labelled', { labels: Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`label-${at}`, 'x'])) })
    await showsNews(world, view)

    expect(view.state.pod('shop', 'labelled')?.labels.size).toBe(10_000)
    expect(view.state.pod('shop', 'noted')?.annotations.size).toBe(0)
    expect(world.podCounters(view)).toMatchObject({ failures: 0, garbageLines: 0, unreadable: 0 })
  })

  it('past a pod of which a part cannot be read: it is never to be moved, and there is a warning', async () => {
    const world = await open(3)
    const view = await world.connect()
    const pod = shopPod('strange')

    written(world.store.create('pods', { ...pod, spec: { nodeName: 7 } }))
    await showsNews(world, view)

    expect(view.state.pod('shop', 'strange')?.spec.problems).toHaveLength(1)
    expect(world.warnedOfPods()).toEqual(['ObjectUnreadable'])
  })
})

it('a list read again is as large as the first, and comes in a page at a time all the same', { timeout: 30_000 }, async () => {
  const world = await open(THREE_PAGES, PAGED)
  const view = await world.connect()
  world.server.faults.next({ verb: 'list', resource: 'pods' }, { kind: 'cutAnswer' })

  world.server.faults.expireEverything()
  world.store.remove('pods', 'shop', 'p7')
  const sizes = new Set<number>()
  await world.passUntil(() => {
    sizes.add(view.state.count('Pod'))
    return world.podCounters(view).lists === 2
  })

  // The old list stood until the new one was complete.
  expect(sizes).toEqual(new Set([THREE_PAGES, THREE_PAGES - 1]))
  expect(world.podCounters(view)).toMatchObject({ relists: { Expired: 1 }, failures: 1, missedByWatch: 1 })
})
