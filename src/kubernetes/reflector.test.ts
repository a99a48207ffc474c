import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { createMemoryRecorder, transportTo } from '../../test/support/api-transport.ts'
import { failureOf, sendJson, startScriptedServer, until } from '../../test/support/scripted-server.ts'
import type { ScriptedRequest } from '../../test/support/scripted-server.ts'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import type { ReflectedStore } from './reflection.ts'
import { startReflector } from './reflector.ts'
import { createRest } from './rests.ts'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

type Step = (request: ScriptedRequest, response: ServerResponse) => void

function metadataOf(raw: unknown): { name: string; resourceVersion: string } {
  return (raw as { metadata: { name: string; resourceVersion: string } }).metadata
}

/** A store of names, each with the version it was last seen at, that notes what is done to it. */
function nameStore(): ReflectedStore<string> & { names: string[]; done: string[]; failOn: string | undefined } {
  const store = {
    names: [] as string[],
    done: [] as string[],
    failOn: undefined as string | undefined,
    /** A question mark cannot be read. */
    read: (raw: unknown) => (metadataOf(raw).name === '?' ? undefined : metadataOf(raw).name),
    replace(items: readonly string[]) {
      const changed = new Set([...items, ...store.names]).size * 2 - items.length - store.names.length
      store.names = [...items]
      store.done.push(`replace ${items.join(' ')}`)
      return Promise.resolve(changed)
    },
    isWhole: () => true,
    upsert(item: string) {
      if (item === store.failOn) throw new Error(`cannot store ${item}`)
      if (!store.names.includes(item)) store.names.push(item)
      store.done.push(`upsert ${item}`)
    },
    remove(raw: Readonly<Record<string, unknown>>) {
      const { name } = metadataOf(raw)
      store.names = store.names.filter(other => other !== name)
      store.done.push(`remove ${name}`)
    },
    forget() {
      store.names = []
      store.done.push('forget')
      return Promise.resolve()
    },
  }
  return store
}

function line(type: string, name: string, version: string, annotations?: object): string {
  return `${JSON.stringify({ type, object: { metadata: { name, resourceVersion: version, ...(annotations && { annotations }) } } })}\n`
}

const endOfList = (version: string): string => line('BOOKMARK', '', version, { 'k8s.io/initial-events-end': 'true' })

/** Answers a watch with these lines and keeps it open. */
function tell(...lines: readonly string[]): Step {
  return (_, response) => void response.writeHead(200).write(lines.join(''))
}

function tellAndClose(...lines: readonly string[]): Step {
  return (_, response) => void response.writeHead(200).end(lines.join(''))
}

function tellAndBreak(...lines: readonly string[]): Step {
  return (_, response) => void response.writeHead(200).write(lines.join(''), () => response.destroy())
}

function page(names: readonly string[], resourceVersion: string, next = ''): Step {
  const items = names.map(name => ({ metadata: { name } }))
  return (_, response) => sendJson(response, 200, { metadata: { resourceVersion, continue: next }, items })
}

function refuse(code: number, message: string, headers: Record<string, string> = {}): Step {
  return (_, response) => sendJson(response, code, { kind: 'Status', code, message }, headers)
}

const noStreaming = refuse(422, 'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled')
const expired: Step = tellAndClose(`${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } })}\n`)

async function reflect(steps: readonly Step[], options: { required?: boolean } = {}) {
  const opened: ServerResponse[] = []
  const server = await startScriptedServer((request, response) => {
    if (request.query.get('labelSelector') !== null) return page([], '7')(request, response)
    opened.push(response)
    steps[opened.length - 1]?.(request, response)
  })
  const clock = createVirtualClock(0)
  const transport = transportTo(server.url, clock)
  const recorder = createMemoryRecorder()
  const store = nameStore()
  const stop = new AbortController()
  const reflector = startReflector({
    transport,
    resource: { kind: 'Pod', group: '', version: 'v1', plural: 'pods', required: options.required ?? true },
    store,
    clock,
    random: () => 0,
    rest: createRest(clock),
    // Time stands still here unless a test moves it.
    gatherMs: 0,
    signal: stop.signal,
    recorder,
  })
  closing.push(
    () => server.close(),
    () => transport.close(),
    async () => {
      stop.abort()
      await reflector.stopped
    },
  )
  return {
    ...reflector,
    server,
    clock,
    store,
    stop,
    recorder,
    /** What the requests asked for: `list`, `stream` or `watch from VERSION`. */
    asked: () =>
      server.requests.flatMap(request => {
        const query = new URL(request.slice(4), 'http://server').searchParams
        if (query.get('labelSelector') !== null) return []
        if (query.get('watch') === null) return query.get('continue') === null ? 'list' : 'next page'
        return query.get('sendInitialEvents') === 'true' ? 'stream' : `watch from ${query.get('resourceVersion')}`
      }),
    /** How often it asked for nothing, only to make the server find out how far it is. */
    nudges: () => server.requests.filter(request => request.includes('labelSelector')).length,
    /** Writes more to the answer of the last request. */
    say: (...lines: readonly string[]) => opened.at(-1)?.write(lines.join('')),
    /** Ends the answer of the last request in order. */
    close: () => opened.at(-1)?.end(),
    /** Waits for the next warning, then lets the wait that follows pass. */
    async afterWarning(reason: string, waitMs: number) {
      await until(() => recorder.reasons().includes(reason))
      recorder.told.length = 0
      await clock.advanceAsync(waitMs)
    },
  }
}

describe('the first list', () => {
  it('is streamed where the server offers it, and swapped in as a whole when it is complete', async () => {
    const kind = await reflect([tell(line('ADDED', 'a', '1'), line('ADDED', 'b', '2'), line('ADDED', 'gone', '3'))])
    await until(() => kind.counters.events === 3)
    expect(kind.store.done).toEqual([])
    expect(kind.freshness()).toMatchObject({ synced: false, required: true })

    kind.say(line('MODIFIED', 'b', '4'), line('DELETED', 'gone', '5'), endOfList('5'), line('ADDED', 'c', '6'))
    await kind.ready
    await until(() => kind.store.names.includes('c'))

    expect(kind.store.done).toEqual(['replace a b', 'upsert c'])
    expect(kind.freshness()).toMatchObject({ kind: 'Pod', synced: true, required: true })
    expect(kind.asked()).toEqual(['stream'])
  })

  it.each([
    ['refuses to stream it', noStreaming],
    ['refuses to stream it, being older', refuse(400, 'resourceVersionMatch is forbidden for watch')],
    ['takes a streaming list for any watch', tell(line('ADDED', 'a', '1'), line('BOOKMARK', '', '1'))],
  ])('comes in pages where the server %s', async (_, answer) => {
    const kind = await reflect([answer, page(['a'], '7', 'p2'), page(['b'], '7'), tell(line('ADDED', 'c', '8'))])

    await kind.ready
    await until(() => kind.store.names.includes('c'))

    expect(kind.store.done).toEqual(['replace a b', 'upsert c'])
    expect(kind.asked()).toEqual(['stream', 'list', 'next page', 'watch from 7'])
  })

  it('comes in pages where a stream never completes', async () => {
    const kind = await reflect([tell(line('ADDED', 'a', '1')), page(['a', 'b'], '7'), tell()])
    await until(() => kind.counters.events === 1)

    await kind.clock.advanceAsync(90_000)
    await kind.afterWarning('WatchSilent', 800)
    await kind.ready

    expect(kind.store.done).toEqual(['replace a b'])
  })

  it('is begun anew, with nothing kept, when its stream breaks off', async () => {
    const kind = await reflect([tellAndBreak(line('ADDED', 'old', '1')), tell(line('ADDED', 'a', '2'), endOfList('2'))])

    await kind.afterWarning('RequestFailed', 800)
    await kind.ready

    expect(kind.store.done).toEqual(['replace a'])
  })
})

describe('after the list', () => {
  it('watches go on from the last version, be they closed, broken off or silent', async () => {
    const kind = await reflect([
      noStreaming,
      page(['a'], '7'),
      tellAndClose(line('ADDED', 'b', '8')),
      tellAndBreak(line('ADDED', 'c', '9')),
      tell(line('BOOKMARK', '', '12')),
      tell(line('DELETED', 'a', '13')),
    ])
    await kind.afterWarning('RequestFailed', 800)
    await until(() => kind.asked().at(-1) === 'watch from 9' && kind.counters.events === 3)
    await kind.clock.advanceAsync(90_000)
    await kind.afterWarning('WatchSilent', 800)
    await until(() => !kind.store.names.includes('a'))

    expect(kind.asked()).toEqual(['stream', 'list', 'watch from 7', 'watch from 8', 'watch from 9', 'watch from 12'])
    expect(kind.store.names).toEqual(['b', 'c'])
    expect(kind.counters).toMatchObject({ lists: 1, stalls: 1, failures: 1 })
  })

  it('keeps the old objects while it lists again because its version expired, and counts what the watch had missed', async () => {
    const pages: ServerResponse[] = []
    const kind = await reflect([noStreaming, page(['a', 'b'], '7'), expired, (_, response) => void pages.push(response), tell()])
    await kind.ready
    await until(() => kind.counters.relists.Expired === 1)
    await kind.clock.advanceAsync(800)
    await until(() => pages.length === 1)
    expect(kind.store.names).toEqual(['a', 'b'])
    expect(kind.freshness()).toMatchObject({ synced: true, ageMs: 800 })

    page(['b', 'c'], '20')({} as ScriptedRequest, pages[0]!)
    await until(() => kind.counters.lists === 2)

    expect(kind.store.done).toEqual(['replace a b', 'replace b c'])
    expect(kind.counters).toMatchObject({ lists: 2, missedByWatch: 2, relists: { Expired: 1, Garbage: 0, StoreFailed: 0 } })
    await until(() => kind.asked().at(-1) === 'watch from 20')
  })

  it('lists again when one watch after the other from its version stays silent, for the server may know only an earlier one', async () => {
    const silent = tell()
    const kind = await reflect([noStreaming, page(['a', 'lost'], '700'), silent, silent, page(['a'], '7'), tell(line('ADDED', 'b', '8'))])
    await until(() => kind.asked().length === 3)

    for (const waitMs of [800, 1_600]) {
      await kind.clock.advanceAsync(90_000)
      await kind.afterWarning('WatchSilent', waitMs)
      await until(() => true)
    }
    await until(() => kind.store.names.includes('b'))

    expect(kind.asked().slice(2)).toEqual(['watch from 700', 'watch from 700', 'list', 'watch from 7'])
    expect(kind.store.names).toEqual(['a', 'b'])
    expect(kind.counters.relists.Silent).toBe(1)
  })

  it('skips a line that cannot be read, and lists again when the watch does not get past it', async () => {
    const garbled = tell(line('ADDED', 'b', '8'), 'not json\n')
    const stuck = tell('not json\n')
    const kind = await reflect([noStreaming, page(['a'], '7'), garbled, stuck, stuck, page(['a', 'b', 'c'], '9'), tell()])

    await kind.afterWarning('WatchGarbled', 800)
    await kind.afterWarning('WatchGarbled', 1_600)
    await kind.afterWarning('WatchGarbled', 3_200)
    await until(() => kind.counters.lists === 2)

    expect(kind.counters).toMatchObject({ garbageLines: 3, relists: { Garbage: 1 } })
    expect(kind.asked().slice(2, 6)).toEqual(['watch from 7', 'watch from 8', 'watch from 8', 'list'])
    expect(kind.store.names).toEqual(['a', 'b', 'c'])
  })

  it('leaves out and counts what cannot be read, in a list and in a watch', async () => {
    const kind = await reflect([noStreaming, page(['a', '?'], '7'), tell(line('ADDED', '?', '8'), line('ADDED', 'b', '9'))])

    await kind.ready
    await until(() => kind.store.names.includes('b'))

    expect(kind.store.names).toEqual(['a', 'b'])
    expect(kind.counters.unreadable).toBe(2)
  })

  it('waits as long as a busy server asks', async () => {
    const kind = await reflect([noStreaming, page(['a'], '7'), refuse(429, 'busy', { 'retry-after': '9' }), tell(line('ADDED', 'b', '8'))])

    await kind.afterWarning('RequestFailed', 8_999)
    expect(kind.asked()).toHaveLength(3)
    await kind.clock.advanceAsync(1)
    await until(() => kind.store.names.includes('b'))
  })

  it('does not open watch after watch when the server closes them at once', async () => {
    const kind = await reflect([noStreaming, page(['a'], '7'), tellAndClose(), tellAndClose(), tell()])
    await until(() => kind.asked().length === 3)

    // Time passes slowly here, so that a watch opened without waiting would be seen to come too early.
    while (kind.asked().length === 3) {
      await until(() => true)
      await kind.clock.advanceAsync(50)
    }

    expect(kind.clock.monotonic()).toBeGreaterThanOrEqual(800)
  })

  it('lists again when an object could not be stored, for then the store can no longer be trusted', async () => {
    const kind = await reflect([noStreaming, page(['a'], '7'), tell(line('ADDED', 'bad', '8')), page(['a', 'good'], '9'), tell()])
    kind.store.failOn = 'bad'

    await kind.afterWarning('RequestFailed', 800)
    await until(() => kind.counters.lists === 2)

    expect(kind.counters.relists.StoreFailed).toBe(1)
    expect(kind.store.names).toEqual(['a', 'good'])
  })
})

describe('freshness', () => {
  it('is the time since the server last vouched for the store: by list, event, bookmark, or by closing in order', async () => {
    const kind = await reflect([noStreaming, page(['a'], '7'), tell(), tell()])
    await kind.ready
    await until(() => kind.asked().length === 3)
    await kind.clock.advanceAsync(60_000)
    expect(kind.freshness().ageMs).toBe(60_000)

    kind.say(line('BOOKMARK', '', '8'))
    await until(() => kind.counters.events === 1)
    expect(kind.freshness().ageMs).toBe(0)
    await kind.clock.advanceAsync(30_000)
    kind.say(line('ADDED', 'b', '9'))
    await until(() => kind.counters.events === 2)
    expect(kind.freshness().ageMs).toBe(0)
    await kind.clock.advanceAsync(30_000)
    kind.close()
    await until(() => kind.asked().length === 4)
    expect(kind.freshness().ageMs).toBe(0)
  })

  it('does not come from a watch that breaks off', async () => {
    const kind = await reflect([noStreaming, page(['a'], '7'), (_, response) => void response.writeHead(200).write(' ')])
    await kind.ready
    await until(() => kind.asked().length === 3)
    await kind.clock.advanceAsync(50_000)

    await kind.server.close()
    await until(() => kind.recorder.reasons().includes('RequestFailed'))

    expect(kind.freshness().ageMs).toBe(50_000)
  })
})

describe('a watch that is told nothing', () => {
  it('makes the server find out how far it is before its first bookmark is due, once', async () => {
    const kind = await reflect([noStreaming, page(['a'], '7'), tell()])
    await until(() => kind.asked().length === 3)

    await kind.clock.advanceAsync(29_999)
    expect(kind.nudges()).toBe(0)
    await kind.clock.advanceAsync(1)
    await until(() => kind.nudges() === 1)
    kind.say(line('BOOKMARK', '', '8'))
    await until(() => kind.counters.events === 1)
    await kind.clock.advanceAsync(80_000)

    expect(kind.nudges()).toBe(1)
    expect(kind.recorder.reasons()).toEqual([])
  })

  it.each([
    ['has been told something', line('MODIFIED', 'a', '8')],
    ['has been told a bookmark', line('BOOKMARK', '', '8')],
  ])('and only that: not one that %s', async (_, told) => {
    const kind = await reflect([tell(line('ADDED', 'a', '7'), endOfList('7'), told)])
    await until(() => kind.counters.events === 3)

    await kind.clock.advanceAsync(80_000)

    expect(kind.nudges()).toBe(0)
  })
})

describe('a kind that is refused', () => {
  it('and required ends it before the first list, with verb and resource named', async () => {
    const kind = await reflect([refuse(403, 'User "eve" cannot watch resource "pods"')])

    await expect(kind.ready).rejects.toThrow('cannot watch pods: not allowed (403): User "eve" cannot watch resource "pods"')
    await kind.stopped
    await kind.clock.advanceAsync(3_600_000)
    expect(kind.asked()).toHaveLength(1)
  })

  it('and required goes stale afterwards, but is tried on: somebody may mend the role', async () => {
    const kind = await reflect([noStreaming, page(['a'], '7'), refuse(403, 'not any more'), tell(line('ADDED', 'b', '8'))])
    await kind.ready

    await kind.afterWarning('RequestFailed', 800)
    await until(() => kind.store.names.includes('b'))

    expect(kind.freshness()).toMatchObject({ required: true, synced: true })
  })

  it.each([
    ['lacks', 404],
    ['does not show', 403],
  ])('and optional is carried on without when the server %s it: said once, tried again rarely', async (_, code) => {
    const no = refuse(code, 'no')
    const kind = await reflect([no, no, tell(line('ADDED', 'a', '1'), endOfList('1'))], { required: false })
    await kind.ready

    expect(kind.freshness()).toMatchObject({ required: false, synced: false })
    expect(kind.recorder.told).toMatchObject([
      { reason: 'KindUnavailable', message: expect.stringContaining('carrying on without pods: cannot watch pods') },
    ])
    await kind.clock.advanceAsync(599_999)
    expect(kind.asked()).toHaveLength(1)
    await kind.clock.advanceAsync(1)
    await until(() => kind.counters.watches === 2 && kind.store.done.length === 2)
    await kind.clock.advanceAsync(600_000)
    await until(() => kind.store.names.includes('a'))

    expect(kind.recorder.reasons()).toEqual(['KindUnavailable'])
    expect(kind.freshness()).toMatchObject({ required: true, synced: true })
  })

  it('and optional is forgotten when it was there before, and the refusal lasts', async () => {
    const no = refuse(403, 'not any more')
    const kind = await reflect([noStreaming, page(['a'], '7'), no, no, no, no, no, no, no], { required: false })

    for (const waitMs of [800, 1_600, 3_200, 6_400, 12_800, 25_600]) await kind.afterWarning('RequestFailed', waitMs)
    await until(() => kind.recorder.reasons().includes('KindUnavailable'))

    expect(kind.store.done).toEqual(['replace a', 'forget'])
    expect(kind.freshness()).toMatchObject({ required: false, synced: false })
  })

  it('and optional is not forgotten for a refusal of a moment: a server that has just started has not read its roles', async () => {
    const kind = await reflect([noStreaming, page(['a'], '7'), refuse(403, 'not yet'), tell(line('ADDED', 'b', '8'))], { required: false })

    await kind.afterWarning('RequestFailed', 800)
    await until(() => kind.store.names.includes('b'))

    expect(kind.store.done).toEqual(['replace a', 'upsert b'])
    expect(kind.freshness()).toMatchObject({ required: true, synced: true })
  })

  it('for a while by a busy server is not taken for lacking', async () => {
    const kind = await reflect([refuse(503, 'starting'), tell(line('ADDED', 'a', '1'), endOfList('1'))], { required: false })

    await kind.afterWarning('RequestFailed', 800)
    await kind.ready

    expect(kind.freshness()).toMatchObject({ required: true, synced: true })
  })
})

describe('the signal', () => {
  it('ends everything, in a watch as in a wait; nothing is asked afterwards', async () => {
    const inWatch = await reflect([tell(line('ADDED', 'a', '1'), endOfList('1'))])
    await inWatch.ready
    const inWait = await reflect([refuse(503, 'down')])
    await until(() => inWait.recorder.told.length === 1)

    for (const kind of [inWatch, inWait]) {
      kind.stop.abort()
      await kind.stopped
      await kind.clock.advanceAsync(3_600_000)
      expect(kind.asked()).toHaveLength(1)
    }
    expect(await failureOf(inWait.ready)).toMatchObject({ name: 'AbortError' })
    await until(() => inWatch.server.open() === 0)
  })
})
