import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { shopPod, startEmbeddedApi, written, type ApiWatch, type EmbeddedApi } from '../../../test/support/embedded-api.ts'
import type { ApiServerOptions } from './server.ts'

const PODS = '/api/v1/namespaces/shop/pods'

describe('a watch', () => {
  let api: EmbeddedApi
  afterEach(() => api.close())

  async function start(options: Partial<ApiServerOptions> = {}): Promise<void> {
    api = await startEmbeddedApi(options)
  }

  function create(name: string, labels?: Readonly<Record<string, string>>): string {
    return versionOf(written(api.store.create('pods', shopPod(name, labels && { labels }))))
  }
  function label(name: string, labels: Readonly<Record<string, string>>): string {
    return versionOf(written(api.store.update('pods', 'shop', name, pod => ({ ...pod, metadata: { ...pod.metadata, labels } }))))
  }
  const versionOf = ({ metadata }: { readonly metadata: { readonly resourceVersion?: string } }): string => metadata.resourceVersion ?? ''

  async function take(watch: ApiWatch, count: number): Promise<readonly (string | undefined)[]> {
    const events: (string | undefined)[] = []
    for (let i = 0; i < count; i++) events.push(await watch.next())
    return events
  }

  it('from a version tells what has happened since, and then what happens', async () => {
    await start()
    const first = create('a')
    const second = create('b')
    const watch = await api.watch(`${PODS}?watch=1&resourceVersion=${first}`)
    expect(await watch.next()).toBe(`ADDED b ${second}`)
    const third = label('a', { app: 'web', x: 'y' })
    api.store.delete('pods', 'shop', 'b')
    const marked = Number(third) + 1
    expect(await take(watch, 3)).toEqual([`MODIFIED a ${third}`, `MODIFIED b ${marked}`, `DELETED b ${marked + 1}`])
  })

  it.each(['', '&resourceVersion=0'])('without a version begins with what there is (%s)', async query => {
    await start()
    const first = create('a')
    const watch = await api.watch(`${PODS}?watch=1${query}`)
    const second = create('b')
    expect(await take(watch, 2)).toEqual([`ADDED a ${first}`, `ADDED b ${second}`])
  })

  it('without initial events begins with what happens next', async () => {
    await start()
    create('a')
    const watch = await api.watch(`${PODS}?watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan&resourceVersion=0`)
    const second = create('b')
    expect(await watch.next()).toBe(`ADDED b ${second}`)
  })

  it('sees what enters its selection as ADDED and what leaves it as DELETED, as it last was there', async () => {
    await start()
    const before = create('a', { app: 'cart' })
    const watch = await api.watch(`${PODS}?watch=1&labelSelector=app%3Dweb&resourceVersion=${before}`)
    const entered = label('a', { app: 'web' })
    const stayed = label('a', { app: 'web', x: 'y' })
    const left = label('a', { app: 'cart', x: 'y' })
    expect(await take(watch, 2)).toEqual([`ADDED a ${entered}`, `MODIFIED a ${stayed}`])
    const { type, object } = await watch.nextObject()
    expect([type, object.metadata.resourceVersion, object.metadata.labels]).toEqual(['DELETED', left, { app: 'web', x: 'y' }])
  })

  it('of one object, or of one namespace, hears of no other', async () => {
    await start()
    const one = await api.watch(`${PODS}?watch=1&fieldSelector=metadata.name%3Db`)
    const elsewhere = await api.watch('/api/v1/namespaces/default/pods?watch=1')
    create('a')
    const version = create('b')
    written(api.store.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'c', namespace: 'default' } }))
    expect(await one.next()).toBe(`ADDED b ${version}`)
    expect(await elsewhere.next()).toBe(`ADDED c ${Number(version) + 1}`)
  })

  it('of one object by its path is none: the object is read', async () => {
    await start()
    create('a')
    expect((await api.call('GET', `${PODS}/a?watch=1`)).body).toMatchObject({ kind: 'Pod', metadata: { name: 'a' } })
  })

  it.each([
    [5, 1],
    [3, 1],
    [2, 0],
  ])('of %i seconds ends when its time is up, after %i bookmarks', async (seconds, bookmarks) => {
    await start()
    const version = create('a')
    const watch = await api.watch(`${PODS}?watch=1&allowWatchBookmarks=true&timeoutSeconds=${seconds}&resourceVersion=${version}`)
    expect(await watch.rest()).toEqual(Array.from({ length: bookmarks }, () => `BOOKMARK  ${version}`))
  })

  it('sends bookmarks while nothing happens', async () => {
    await start({ secondMs: 0.2 })
    const version = create('a')
    const watch = await api.watch(`${PODS}?watch=1&allowWatchBookmarks=true&resourceVersion=${version}`)
    expect(await take(watch, 2)).toEqual([`BOOKMARK  ${version}`, `BOOKMARK  ${version}`])
  })

  it.each(['sendInitialEvents=true&resourceVersionMatch=NotOlderThan&', '', 'resourceVersion=0&'])(
    'marks the end of its initial events, whether asked for or not (%s)',
    async initial => {
      await start({ secondMs: 1000 })
      create('a')
      const watch = await api.watch(`${PODS}?watch=1&${initial}allowWatchBookmarks=true`)
      expect((await watch.nextObject()).type).toBe('ADDED')
      expect(await watch.nextObject()).toMatchObject({
        type: 'BOOKMARK',
        object: { kind: 'Pod', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
      })
      const version = create('b')
      expect(await watch.next()).toBe(`ADDED b ${version}`)
    },
  )

  it('sends one more bookmark soon after its initial events', async () => {
    await start()
    const version = create('a')
    const watch = await api.watch(`${PODS}?watch=1&allowWatchBookmarks=true`)
    expect(await take(watch, 3)).toEqual([`ADDED a ${version}`, `BOOKMARK  ${version}`, `BOOKMARK  ${version}`])
  })

  it('does not mark it when the server is too old to', async () => {
    await start({ watchList: false })
    create('a')
    const watch = await api.watch(`${PODS}?watch=1&allowWatchBookmarks=true`)
    expect((await watch.nextObject()).type).toBe('ADDED')
    const version = create('b')
    expect(await watch.next()).toBe(`ADDED b ${version}`)
  })

  it('with initial events of a version to come ends with 504', async () => {
    await start()
    const initial = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=999'
    const watch = await api.watch(`${PODS}?${initial}`)
    expect(watch.status).toBe(200)
    expect(await watch.rest()).toEqual(['ERROR 504'])
  })

  it.each([
    ['sendInitialEvents=true', {}, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'],
    ['resourceVersionMatch=NotOlderThan', {}, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'],
    [
      'sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
      { watchList: false },
      'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
    ],
  ])('with %s is refused', async (query, options, message) => {
    await start(options)
    const { status, body } = await api.call('GET', `${PODS}?watch=1&${query}`)
    expect(status).toBe(422)
    expect(body).toMatchObject({ kind: 'Status', reason: 'Invalid', message: expect.stringContaining(message) })
  })

  it('from before what is remembered ends with 410', async () => {
    await start()
    const version = create('a')
    api.store.compact()
    const watch = await api.watch(`${PODS}?watch=1&resourceVersion=${version}`)
    expect(await watch.rest()).toEqual(['ERROR 410'])
  })

  it('together with the list it follows always knows what there is', async () => {
    await start()
    const step = fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      kind: fc.constantFrom('create', 'label', 'delete'),
      app: fc.constantFrom('web', 'cart'),
    })
    const doStep = ({ name, kind, app }: { name: string; kind: string; app: string }): void => {
      if (kind === 'create') api.store.create('pods', shopPod(name, { labels: { app } }))
      if (kind === 'label') api.store.update('pods', 'shop', name, pod => ({ ...pod, metadata: { ...pod.metadata, labels: { app } } }))
      if (kind === 'delete') api.store.delete('pods', 'shop', name)
    }
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), fc.nat(20), async (steps, listedAfter) => {
        for (const next of steps.slice(0, listedAfter)) doStep(next)
        const list = (await api.call('GET', `${PODS}?labelSelector=app%3Dweb`)).body as {
          metadata: { resourceVersion: string }
          items: { metadata: { name: string; resourceVersion: string } }[]
        }
        const known = new Map(list.items.map(({ metadata }) => [metadata.name, metadata.resourceVersion]))
        const query = `watch=1&labelSelector=app%3Dweb&resourceVersion=${list.metadata.resourceVersion}`
        const [missed, heard] = [steps.slice(listedAfter, listedAfter + 5), steps.slice(listedAfter + 5)]
        for (const next of missed) doStep(next)
        const watch = await api.watch(`${PODS}?${query}`)
        for (const next of heard) doStep(next)
        api.server.faults.damageWatches({}, 'end')
        for (const event of await watch.rest()) {
          const [type, name = '', version = ''] = event.split(' ')
          if (type === 'DELETED') known.delete(name)
          else known.set(name, version)
        }
        const wanted = api.store.list('pods', 'shop').filter(({ metadata }) => metadata.labels?.['app'] === 'web')
        expect(known).toEqual(new Map(wanted.map(({ metadata }) => [metadata.name, metadata.resourceVersion])))
      }),
      { numRuns: 20 },
    )
  })

  it('in the words of v1 sees the events of events.k8s.io', async () => {
    await start()
    const watch = await api.watch('/api/v1/namespaces/shop/events?watch=1&fieldSelector=involvedObject.name%3Dweb-1')
    const metadata = { name: 'e1', namespace: 'shop' }
    written(
      api.store.create('events', { apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata, note: 'moved', regarding: { name: 'web-1' } }),
    )
    expect((await watch.nextObject()).object).toMatchObject({ apiVersion: 'v1', message: 'moved', involvedObject: { name: 'web-1' } })
  })
})
