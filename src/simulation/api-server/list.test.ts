import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { shopPod, startEmbeddedApi, written, type EmbeddedApi } from '../../../test/support/embedded-api.ts'

const PODS = '/api/v1/namespaces/shop/pods'

interface ListBody {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string; readonly remainingItemCount?: number }
  readonly items: readonly { readonly metadata: { readonly name: string; readonly namespace?: string }; readonly spec?: unknown }[]
}

describe('a list', () => {
  let api: EmbeddedApi
  afterEach(() => api.close())

  async function list(path: string): Promise<ListBody> {
    return (await api.call('GET', path)).body as ListBody
  }
  const names = ({ items }: ListBody): readonly string[] => items.map(({ metadata }) => metadata.name)

  it('shows one moment in all its pages, whatever is written between them', async () => {
    api = await startEmbeddedApi()
    const write = fc.record({ name: fc.integer({ min: 0, max: 19 }), kind: fc.constantFrom('create', 'update', 'delete') })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 7 }), fc.array(write, { minLength: 3, maxLength: 30 }), async (limit, writes) => {
        let left = writes
        const doSome = (): void => {
          for (const { name, kind } of left.slice(0, 3)) {
            if (kind === 'create') api.store.create('pods', shopPod(`p${name}`))
            if (kind === 'update') api.store.update('pods', 'shop', `p${name}`, pod => ({ ...pod, spec: { round: left.length } }))
            if (kind === 'delete') api.store.delete('pods', 'shop', `p${name}`)
          }
          left = left.slice(3)
        }
        doSome()
        const wanted = api.store.list('pods', 'shop').map(({ metadata, spec }) => ({ metadata, spec }))
        const seen: unknown[] = []
        let page = await list(`${PODS}?limit=${limit}`)
        const { resourceVersion } = page.metadata
        for (;;) {
          seen.push(...page.items.map(({ metadata, spec }) => ({ metadata, spec })))
          expect(page.metadata.resourceVersion).toBe(resourceVersion)
          expect(page.metadata.remainingItemCount ?? 0).toBe(wanted.length - seen.length)
          if (page.metadata.continue === undefined) break
          doSome()
          page = await list(`${PODS}?limit=${limit}&continue=${page.metadata.continue}`)
        }
        expect(seen).toEqual(wanted)
      }),
      { numRuns: 25 },
    )
  })

  it('goes on in another namespace, and through cluster-wide objects', async () => {
    api = await startEmbeddedApi()
    for (const namespace of ['shop', 'default']) {
      for (const name of ['a', 'b']) {
        written(api.store.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec: {} }))
      }
    }
    const first = await list('/api/v1/pods?limit=3')
    const second = await list(`/api/v1/pods?limit=3&continue=${first.metadata.continue}`)
    expect([...first.items, ...second.items].map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
      'default/a',
      'default/b',
      'shop/a',
      'shop/b',
    ])
    const namespaces = await list('/api/v1/namespaces?limit=1')
    expect(names(await list(`/api/v1/namespaces?limit=1&continue=${namespaces.metadata.continue}`))).toEqual(['shop'])
  })

  it('ends when its token is too old, and hands out one that goes on without consistency', async () => {
    api = await startEmbeddedApi()
    for (const name of ['a', 'b', 'c']) written(api.store.create('pods', shopPod(name)))
    const { metadata } = await list(`${PODS}?limit=1`)
    api.store.compact()
    const expired = await api.call('GET', `${PODS}?limit=1&continue=${metadata.continue}`)
    expect(expired.body).toMatchObject({
      code: 410,
      reason: 'Expired',
      message: expect.stringMatching(/^The provided continue parameter is too old/),
    })
    written(api.store.create('pods', shopPod('aa')))
    const token = (expired.body as { metadata: { continue: string } }).metadata.continue
    expect(names(await list(`${PODS}?continue=${token}`))).toEqual(['aa', 'b', 'c'])
  })

  it('of any version is not cut into pages', async () => {
    api = await startEmbeddedApi()
    for (const name of ['a', 'b', 'c']) written(api.store.create('pods', shopPod(name)))
    expect(names(await list(`${PODS}?resourceVersion=0&limit=1`))).toEqual(['a', 'b', 'c'])
    expect(names(await list(`${PODS}?resourceVersion=0&resourceVersionMatch=NotOlderThan&limit=1`))).toEqual(['a', 'b', 'c'])
  })

  it('can be had as it was, as long as that is remembered', async () => {
    api = await startEmbeddedApi()
    const { resourceVersion } = written(api.store.create('pods', shopPod('a'))).metadata
    written(api.store.create('pods', shopPod('b')))
    expect(names(await list(`${PODS}?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`))).toEqual(['a'])
    expect(names(await list(`${PODS}?resourceVersion=${resourceVersion}&limit=9`))).toEqual(['a'])
    expect(names(await list(`${PODS}?resourceVersion=${resourceVersion}&resourceVersionMatch=NotOlderThan`))).toEqual(['a', 'b'])
    expect(names(await list(`${PODS}?resourceVersion=${resourceVersion}`))).toEqual(['a', 'b'])
    api.store.compact()
    const old = await api.call('GET', `${PODS}?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`)
    expect(old.body).toMatchObject({ code: 410, reason: 'Expired', message: 'The resourceVersion for the provided list is too old.' })
  })

  it.each([
    ['labelSelector=tier', 'b'],
    ['labelSelector=!tier', 'a c'],
    ['labelSelector=app%20notin%20(web)', 'c'],
    ['labelSelector=app%3Dweb,tier%3Dgold', 'b'],
    ['fieldSelector=spec.nodeName%3Dn1', 'b'],
    ['fieldSelector=spec.nodeName%3D', 'a c'],
    ['fieldSelector=spec.nodeName!%3Dn1,metadata.name!%3Da', 'c'],
    ['fieldSelector=status.phase%3D%3DRunning', 'b'],
    ['fieldSelector=metadata.namespace%3Dother', ''],
  ])('selects by %s', async (selector, expected) => {
    api = await startEmbeddedApi()
    written(api.store.create('pods', shopPod('a')))
    const running = { spec: { nodeName: 'n1' }, status: { phase: 'Running' } }
    written(api.store.create('pods', shopPod('b', { labels: { app: 'web', tier: 'gold' }, ...running })))
    written(api.store.create('pods', shopPod('c', { labels: { app: 'cart' } })))
    expect(names(await list(`${PODS}?${selector}`)).join(' ')).toBe(expected)
  })

  it.each([
    ['labelSelector=a%20b', 400, 'unable to parse requirement'],
    ['fieldSelector=nonsense', 400, "invalid selector: 'nonsense'; can't understand 'nonsense'"],
    ['limit=x', 400, 'limit: Invalid value: "x": must be a whole number, 0 or more'],
    ['resourceVersionMatch=Exact', 422, 'resourceVersionMatch is forbidden unless resourceVersion is provided'],
    ['resourceVersion=1&resourceVersionMatch=Odd', 422, 'Unsupported value: "Odd": supported values: "Exact", "NotOlderThan"'],
    ['resourceVersion=0&resourceVersionMatch=Exact', 422, 'forbidden for resourceVersion "0"'],
    ['sendInitialEvents=true', 422, 'sendInitialEvents is forbidden for list'],
    ['continue=eyJ2IjoiMSJ9', 400, 'server does not recognize this encoded version "1"'],
    ['resourceVersion=3&continue=eyJ2IjoiMSJ9', 400, 'specifying resource version is not allowed when using continue'],
  ])('refuses %s', async (query, code, message) => {
    api = await startEmbeddedApi()
    expect((await api.call('GET', `${PODS}?${query}`)).body).toMatchObject({
      kind: 'Status',
      code,
      message: expect.stringContaining(message),
    })
  })

  it('in other words refuses a field that other types know', async () => {
    api = await startEmbeddedApi()
    const { body } = await api.call('GET', '/api/v1/namespaces/shop/configmaps?fieldSelector=spec.nodeName%3Da')
    expect(body).toMatchObject({ message: '"spec.nodeName" is not a known field selector: only "metadata.name", "metadata.namespace"' })
  })
})
