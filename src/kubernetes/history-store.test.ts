import { afterEach, describe, expect, it } from 'vitest'
import { transportTo } from '../../test/support/api-transport.ts'
import { sendJson, startScriptedServer } from '../../test/support/scripted-server.ts'
import { EMPTY_HISTORY, formatHistory } from '../rebalancing/history.ts'
import { createMemory } from '../rebalancing/memory.ts'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import { createHistoryStore } from './history-store.ts'
import { createOwnConfigMap } from './own-config-map.ts'
import { createStopSign } from './stop-sign.ts'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

interface ConfigMap {
  readonly metadata: { readonly resourceVersion?: string; readonly labels?: object; readonly annotations?: object }
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
  const openMap = () => createOwnConfigMap(transport, { clock, namespace: 'respread', name: 'respread-history' })
  return { server, world, put, openMap, open: () => createHistoryStore(openMap()) }
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

  it('is read again, and not overwritten, where somebody else has written while this process had the lease', async () => {
    const { world, put, open } = await configMapServer()
    const memory = createMemory(open(), { record: () => undefined })
    await memory.recall(0)
    memory.history = { ...EMPTY_HISTORY, stoppedAt: 1 }
    await memory.keep()

    const theirs = formatHistory({ ...EMPTY_HISTORY, stoppedAt: 2 })
    put({ ...world.configMap, metadata: {}, data: { history: theirs } })
    memory.history = { ...EMPTY_HISTORY, stoppedAt: 3 }
    const problems = [await memory.keep(), await memory.keep()]

    for (const problem of problems) expect(problem).toMatch('was changed by somebody else; it is read again')
    expect(memory.recalled).toBe(false)
    expect(world.configMap?.data).toEqual({ history: theirs })
    await memory.recall(0)
    expect(memory.history.stoppedAt).toBe(2)
    memory.history = { ...memory.history, stoppedAt: 4 }
    expect(await memory.keep()).toBeUndefined()
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
    const store = createHistoryStore(createOwnConfigMap(transport, { clock, namespace: 'respread', name: 'respread-history' }))

    await expect(store.load()).rejects.toThrow('cannot get configmaps in namespace respread: not allowed (403): no')
    await expect(store.save('two')).rejects.toThrow('cannot get configmaps')
    allowed = true

    expect(await store.load()).toBe('one')
  })
})

describe('createStopSign', () => {
  const STOPPED = 'respread.io/stopped'

  it('is an annotation on the ConfigMap, which is made for it where there is none', async () => {
    const { world, openMap } = await configMapServer()
    const sign = createStopSign(openMap(), undefined)

    expect(await sign.read()).toBeUndefined()
    await sign.write('since noon')

    expect(world.configMap).toMatchObject({ metadata: { name: 'respread-history', annotations: { [STOPPED]: 'since noon' } } })
    expect(await createStopSign(openMap(), undefined).read()).toBe('since noon')
    expect(sign.removal).toBe('kubectl annotate configmap respread-history -n respread respread.io/stopped-')
  })

  it('leaves the history and other annotations alone, and the history leaves it alone', async () => {
    const { world, put, openMap } = await configMapServer()
    const configMap = openMap()
    const [store, sign] = [createHistoryStore(configMap), createStopSign(configMap, undefined)]
    await store.save('one')
    put({ ...world.configMap, metadata: { ...world.configMap?.metadata, annotations: { team: 'a' } } })

    await sign.write('since noon')
    await store.save('two')
    expect(world.configMap).toMatchObject({ metadata: { annotations: { team: 'a', [STOPPED]: 'since noon' } }, data: { history: 'two' } })

    await sign.write(undefined)
    expect(world.configMap?.metadata.annotations).toEqual({ team: 'a' })
    expect(world.configMap?.data).toEqual({ history: 'two' })
  })

  it('is gone when a person has taken it away, and a history written at that moment does not bring it back', async () => {
    const { world, put, openMap } = await configMapServer()
    const configMap = openMap()
    const [store, sign] = [createHistoryStore(configMap), createStopSign(configMap, undefined)]
    await sign.write('since noon')

    put({ ...world.configMap, metadata: { ...world.configMap?.metadata, annotations: {} } })
    await store.save('one')

    expect(await sign.read()).toBeUndefined()
  })

  it('having looked at it does not let a holder that lost its lease overwrite the history of its successor', async () => {
    const { openMap, open } = await configMapServer()
    const configMap = openMap()
    const [before, sign] = [createHistoryStore(configMap), createStopSign(configMap, undefined)]
    await before.save('one')
    const after = open()
    await after.load()
    await after.save('of the successor')

    await sign.read()
    await expect(before.save('late')).rejects.toThrow('was changed by somebody else')
  })
})
