import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { shopPod, startEmbeddedApi, written, type EmbeddedApi } from '../../../test/support/embedded-api.ts'
import { webhookDenial } from './faults.ts'

const PODS = '/api/v1/namespaces/shop/pods'
const EVICTION = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'a', namespace: 'shop' } }

describe('on demand', () => {
  let api: EmbeddedApi
  beforeEach(async () => {
    api = await startEmbeddedApi()
    written(api.store.create('pods', shopPod('a')))
  })
  afterEach(() => api.close())

  const isThere = (): boolean => api.store.get('pods', 'shop', 'a') !== undefined
  const evict = () => api.call('POST', `${PODS}/a/eviction`, EVICTION)

  it('the connection breaks before anything is done, as often as told', async () => {
    api.server.faults.next({ subresource: 'eviction' }, { kind: 'reset' }, 2)
    await expect(evict()).rejects.toThrow('fetch failed')
    expect((await api.call('GET', PODS)).status).toBe(200)
    await expect(evict()).rejects.toThrow('fetch failed')
    expect(isThere()).toBe(true)
    expect((await evict()).status).toBe(201)
  })

  it('the answer is lost after the deed', async () => {
    api.server.faults.next({ subresource: 'eviction' }, { kind: 'loseAnswer' })
    await expect(evict()).rejects.toThrow('fetch failed')
    expect(isThere()).toBe(false)
  })

  it('the answer is cut', async () => {
    api.server.faults.next({ verb: 'list' }, { kind: 'cutAnswer' })
    await expect(api.call('GET', PODS)).rejects.toThrow('terminated')
    expect((await api.call('GET', PODS)).status).toBe(200)
  })

  it('priority and fairness throttles, in plain text', async () => {
    api.server.faults.next({ verb: 'list', resource: 'pods', namespace: 'shop' }, { kind: 'throttle', retryAfterSeconds: 3 })
    const { status, headers, text } = await api.call('GET', PODS)
    expect([status, headers.get('retry-after'), headers.get('content-type')]).toEqual([429, '3', 'text/plain; charset=utf-8'])
    expect(text).toContain('Too many requests')
  })

  it('a webhook denies, until it is called off', async () => {
    const callOff = api.server.faults.next({ subresource: 'eviction' }, webhookDenial('guard.example.com', 'not today'), Infinity)
    for (const attempt of [1, 2]) {
      const { status, body } = await evict()
      expect([attempt, status]).toEqual([attempt, 403])
      expect(body).toMatchObject({ reason: 'Forbidden', message: 'admission webhook "guard.example.com" denied the request: not today' })
    }
    callOff()
    expect((await evict()).status).toBe(201)
  })

  it('an answer never comes', async () => {
    api.server.faults.next({ verb: 'get' }, { kind: 'stall' })
    const abort = new AbortController()
    const stalled = fetch(`${api.server.url}${PODS}/a`, { signal: abort.signal })
    expect((await api.call('GET', `${PODS}/a`)).status).toBe(200)
    abort.abort()
    await expect(stalled).rejects.toThrow('aborted')
  })

  it('an answer comes late', async () => {
    api.server.faults.next({ verb: 'get' }, { kind: 'delay', ms: 1 })
    expect((await api.call('GET', `${PODS}/a`)).status).toBe(200)
  })

  it('everything handed out is too old, and every watch ends', async () => {
    const { metadata } = (await api.call('GET', `${PODS}?limit=1`)).body as { metadata: { resourceVersion: string } }
    const watch = await api.watch(`${PODS}?watch=1&resourceVersion=${metadata.resourceVersion}`)
    api.server.faults.expireEverything()
    expect(await watch.rest()).toEqual(['ERROR 410'])
    const again = await api.watch(`${PODS}?watch=1&resourceVersion=${metadata.resourceVersion}`)
    expect(await again.rest()).toEqual(['ERROR 410'])
  })

  describe('an open watch', () => {
    const openWatch = () => api.watch(`${PODS}?watch=1&resourceVersion=${api.store.resourceVersion}`)

    it('falls silent while another one goes on', async () => {
      const stalled = await openWatch()
      expect(api.server.faults.damageWatches({ resource: 'pods' }, 'stall')).toBe(1)
      const healthy = await openWatch()
      written(api.store.create('pods', shopPod('b')))
      expect(await healthy.next()).toMatch(/^ADDED b/)
      const next = stalled.next()
      stalled.close()
      await expect(next).rejects.toThrow('aborted')
    })

    it('is silent from the start', async () => {
      api.server.faults.next({ verb: 'watch' }, { kind: 'stall' })
      const stalled = await api.watch(`${PODS}?watch=1`)
      expect(stalled.status).toBe(200)
      const next = stalled.next()
      const healthy = await api.watch(`${PODS}?watch=1`)
      expect(await healthy.next()).toMatch(/^ADDED a/)
      stalled.close()
      await expect(next).rejects.toThrow('aborted')
    })

    it('never says that its initial list is complete', async () => {
      const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=2'
      expect(await (await api.watch(`${PODS}?${query}`)).rest()).toContainEqual(expect.stringContaining('BOOKMARK'))

      api.server.faults.next({ verb: 'watch' }, { kind: 'withholdBookmark' })
      expect(await (await api.watch(`${PODS}?${query}`)).rest()).toEqual([expect.stringMatching(/^ADDED a/)])
    })

    it.each(['reset', 'halfLine', 'halfCharacter'] as const)('breaks (%s)', async how => {
      const watch = await openWatch()
      const rest = watch.rest()
      expect(api.server.faults.damageWatches({}, how)).toBe(1)
      await expect(rest).rejects.toThrow('terminated')
    })

    it('ends in good order', async () => {
      const watch = await openWatch()
      api.server.faults.damageWatches({}, 'end')
      expect(await watch.rest()).toEqual([])
    })

    it('carries a line that is no JSON between others', async () => {
      const watch = await openWatch()
      api.server.faults.damageWatches({ resource: 'pods' }, 'garbageLine')
      written(api.store.create('pods', shopPod('b')))
      expect(await watch.next()).toBe('no JSON: {"type":')
      expect(await watch.next()).toMatch(/^ADDED b/)
    })

    it('arrives in pieces that split a character, and loses nothing', async () => {
      const watch = await openWatch()
      api.server.faults.damageWatches({}, 'splitCharacters')
      const annotations = { note: 'café au lait — 咖啡' }
      for (const name of ['b', 'c']) {
        const pod = shopPod(name)
        written(api.store.create('pods', { ...pod, metadata: { ...pod.metadata, annotations } }))
      }
      for (const name of ['b', 'c']) expect((await watch.nextObject()).object.metadata).toMatchObject({ name, annotations })
    })

    it('that nobody matches is left alone', async () => {
      const watch = await openWatch()
      expect(api.server.faults.damageWatches({ resource: 'nodes' }, 'reset')).toBe(0)
      written(api.store.create('pods', shopPod('b')))
      expect(await watch.next()).toMatch(/^ADDED b/)
    })
  })
})
