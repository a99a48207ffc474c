import { afterEach, describe, expect, it } from 'vitest'
import { transportTo } from '../../test/support/api-transport.ts'
import { sendJson, startScriptedServer } from '../../test/support/scripted-server.ts'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import { createHistoryStore } from './history-store.ts'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

interface ConfigMap {
  readonly metadata: { readonly resourceVersion?: string; readonly labels?: object }
  readonly data?: Readonly<Record<string, string>>
}

/** An API server with one ConfigMap, which it guards by its version as the real one does. */
async function configMapServer() {
  const world = { configMap: undefined as ConfigMap | undefined, version: 0 }
  const put = (configMap: ConfigMap): ConfigMap => {
    world.version += 1
    return (world.configMap = { ...configMap, metadata: { ...configMap.metadata, resourceVersion: String(world.version) } })
  }
  const server = await startScriptedServer(({ method, body }, response) => {
    const { configMap } = world
    if (method === 'POST')
      return configMap === undefined ? sendJson(response, 201, put(JSON.parse(body) as ConfigMap)) : sendJson(response, 409, {})
    if (configMap === undefined) return sendJson(response, 404, { kind: 'Status', code: 404 })
    if (method === 'GET') return sendJson(response, 200, configMap)
    const wanted = JSON.parse(body) as ConfigMap
    if (wanted.metadata.resourceVersion !== configMap.metadata.resourceVersion) return sendJson(response, 409, {})
    sendJson(response, 200, put(wanted))
  })
  const clock = createVirtualClock(0)
  const transport = transportTo(server.url, clock)
  closing.push(
    () => server.close(),
    () => transport.close(),
  )
  const open = () => createHistoryStore(transport, { clock, namespace: 'respread', name: 'respread-history' })
  return { server, world, put, open }
}

describe('createHistoryStore', () => {
  it('has nothing at first, and what was saved afterwards, in another process too', async () => {
    const { server, world, open } = await configMapServer()
    const store = open()

    expect(await store.load()).toBeUndefined()
    await store.save('one')
    await store.save('two')

    expect(await open().load()).toBe('two')
    expect(server.requests.map(request => request.replace('/api/v1/namespaces/respread', ''))).toEqual([
      'GET /configmaps/respread-history',
      'POST /configmaps',
      'PUT /configmaps/respread-history',
      'GET /configmaps/respread-history',
    ])
    expect(world.configMap).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'respread-history', namespace: 'respread' } })
  })

  it('saves without having loaded, and several saves in the order asked for', async () => {
    const { world, open } = await configMapServer()
    const store = open()

    await Promise.all([store.save('one'), store.save('two'), store.save('three')])

    expect(world.configMap?.data).toEqual({ history: 'three' })
  })

  it('leaves alone what others have put into the ConfigMap, even while it writes', async () => {
    const { world, put, open } = await configMapServer()
    const store = open()
    await store.save('one')

    put({ ...world.configMap, metadata: { ...world.configMap?.metadata, labels: { team: 'a' } }, data: { history: 'one', note: 'mine' } })
    await store.save('two')

    expect(world.configMap).toMatchObject({ metadata: { labels: { team: 'a' } }, data: { history: 'two', note: 'mine' } })
  })

  it('makes it anew when somebody has deleted it', async () => {
    const { world, open } = await configMapServer()
    const store = open()
    await store.save('one')

    world.configMap = undefined
    await store.save('two')

    expect(world.configMap).toMatchObject({ data: { history: 'two' } })
  })

  it('does not overwrite what another process wrote meanwhile, and says so', async () => {
    const { world, open } = await configMapServer()
    const [before, after] = [open(), open()]
    await before.save('one')
    await after.load()
    await after.save('of the successor')

    await expect(before.save('late')).rejects.toThrow(
      'the history in ConfigMap respread/respread-history was changed by somebody else; it is read again',
    )
    expect(world.configMap?.data).toEqual({ history: 'of the successor' })
    expect(await before.load()).toBe('of the successor')
    await before.save('in full knowledge')
    expect(world.configMap?.data).toEqual({ history: 'in full knowledge' })
  })

  it('refuses a history that no ConfigMap takes', async () => {
    const { server, open } = await configMapServer()

    await expect(open().save('ü'.repeat(450_001))).rejects.toThrow('the history has 900002 bytes, and a ConfigMap takes 900000')
    expect(server.requests).toEqual([])
  })

  it('fails with a sentence when it may not, and works again when it may', async () => {
    let allowed = false
    const server = await startScriptedServer((_, response) =>
      allowed
        ? sendJson(response, 200, { data: { history: 'one' } })
        : sendJson(response, 403, { kind: 'Status', code: 403, message: 'no' }),
    )
    const clock = createVirtualClock(0)
    const transport = transportTo(server.url, clock)
    closing.push(
      () => server.close(),
      () => transport.close(),
    )
    const store = createHistoryStore(transport, { clock, namespace: 'respread', name: 'respread-history' })

    await expect(store.load()).rejects.toThrow('cannot get configmaps in namespace respread: not allowed (403): no')
    await expect(store.save('two')).rejects.toThrow('cannot get configmaps')
    allowed = true

    expect(await store.load()).toBe('one')
  })
})
