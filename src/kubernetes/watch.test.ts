import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { transportTo } from '../../test/support/api-transport.ts'
import { failureOf, sendJson, startScriptedServer, until } from '../../test/support/scripted-server.ts'
import type { ScriptedServer } from '../../test/support/scripted-server.ts'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import type { VirtualClock } from '../simulation/virtual-clock.ts'
import { createRest } from './rests.ts'
import { watchOnce } from './watch.ts'
import type { WatchEnd, WatchEvent } from './watch.ts'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

function line(type: string, name: string, resourceVersion: string, annotations?: object): string {
  return `${JSON.stringify({ type, object: { metadata: { name, resourceVersion, ...(annotations && { annotations }) } } })}\n`
}

interface Watching {
  readonly server: ScriptedServer
  readonly clock: VirtualClock
  /** `TYPE name@version` of each event so far. */
  readonly events: readonly string[]
  readonly end: Promise<WatchEnd>
  readonly stop: AbortController
}

async function watch(
  answer: (response: ServerResponse) => void,
  onEvent?: (event: WatchEvent) => void,
  onPause?: () => Promise<void>,
): Promise<Watching> {
  const server = await startScriptedServer((_, response) => answer(response))
  const clock = createVirtualClock(0)
  const transport = transportTo(server.url, clock)
  closing.push(
    () => server.close(),
    () => transport.close(),
  )
  const events: string[] = []
  const stop = new AbortController()
  const end = watchOnce('/api/v1/pods?watch=true', {
    transport,
    clock,
    rest: createRest(clock),
    signal: stop.signal,
    ...(onPause && { onPause }),
    onEvent(event) {
      const what =
        event.type === 'BOOKMARK' ? (event.initialEventsEnd ? 'end of list' : '') : (event.object['metadata'] as { name: string }).name
      events.push(`${event.type} ${what}@${event.resourceVersion}`)
      onEvent?.(event)
    },
  })
  void failureOf(end)
  return { server, clock, events, end, stop }
}

describe('watchOnce', () => {
  it('tells events, however the bytes are cut, until the server closes in order', async () => {
    const bytes = Buffer.from(
      line('ADDED', 'zürich', '1') + line('MODIFIED', '日本', '2') + line('DELETED', '🙂', '3') + line('BOOKMARK', '', '9'),
    )
    const { events, end } = await watch(response => {
      let at = 0
      const writeNext = (): void => {
        if (at >= bytes.length) response.end()
        else response.write(bytes.subarray(at, (at += 5)), writeNext)
      }
      writeNext()
    })

    expect(await end).toEqual({ kind: 'Closed' })
    expect(events).toEqual(['ADDED zürich@1', 'MODIFIED 日本@2', 'DELETED 🙂@3', 'BOOKMARK @9'])
  })

  it('tells the bookmark that ends a streamed list from others', async () => {
    const { events, end } = await watch(response => response.end(line('BOOKMARK', '', '9', { 'k8s.io/initial-events-end': 'true' })))

    await end

    expect(events).toEqual(['BOOKMARK end of list@9'])
  })

  it.each<[what: string, answer: (response: ServerResponse) => void]>([
    ['in the middle of a line', response => response.write(`${line('ADDED', 'a', '1')}{"type":"ADDED","obj`, () => response.destroy())],
    [
      'in the middle of a character',
      response => response.write(Buffer.from(`${line('ADDED', 'a', '1')}"ü`).subarray(0, -1), () => response.destroy()),
    ],
    ['between lines', response => response.write(line('ADDED', 'a', '1'), () => response.destroy())],
    ['in the middle of a line, but in order', response => response.end(`${line('ADDED', 'a', '1')}{"type":"ADDED","obj`)],
  ])('has failed when the stream breaks off %s; what came before is told', async (_, answer) => {
    const { events, end } = await watch(answer)

    expect(await end).toMatchObject({ kind: 'Failed', error: { name: 'ConnectionError' } })
    expect(events).toEqual(['ADDED a@1'])
  })

  it.each<[what: string, answer: (response: ServerResponse) => void]>([
    [
      'in the stream',
      response => response.end(`${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } })}\n`),
    ],
    ['as HTTP status', response => sendJson(response, 410, { kind: 'Status', code: 410, reason: 'Expired' })],
  ])('knows a version that is too old, told %s', async (_, answer) => {
    expect(await (await watch(answer)).end).toEqual({ kind: 'Expired' })
  })

  it.each<[what: string, answer: (response: ServerResponse) => void, message: string]>([
    [
      'in the stream',
      response => response.end(`${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 500, message: 'etcd is gone' } })}\n`),
      'cannot watch pods: the API server answered 500: etcd is gone',
    ],
    [
      'as HTTP status',
      response => sendJson(response, 403, { kind: 'Status', code: 403, reason: 'Forbidden', message: 'no' }),
      'cannot watch pods: not allowed (403 Forbidden): no',
    ],
  ])('tells another error %s in a sentence', async (_, answer, message) => {
    expect(await (await watch(answer)).end).toMatchObject({ kind: 'Failed', error: { name: 'ApiError', message } })
  })

  it.each([
    ['no JSON', '{"type":"ADDED","object":{"metada\n'],
    ['an unknown type', line('MOVED', 'a', '2')],
    ['an object without a version', '{"type":"ADDED","object":{"metadata":{"name":"a"}}}\n'],
    ['no object', '{"type":"ADDED"}\n'],
    ['an error without a Status', '{"type":"ERROR","object":{}}\n'],
    ['a line without end', `${'x'.repeat(17 * 1024 * 1024)}\n`],
  ])('stops at %s, and lets go of the connection', async (_, garbage) => {
    const { server, events, end } = await watch(response => response.write(line('ADDED', 'a', '1') + garbage + line('ADDED', 'b', '3')))

    expect(await end).toEqual({ kind: 'Garbage' })
    expect(events).toEqual(['ADDED a@1'])
    await until(() => server.open() === 0)
  })

  it('breaks off a connection that is silent for 90 seconds, not one that says something now and then', async () => {
    let response: ServerResponse | undefined
    const { clock, events, end } = await watch(opened => {
      response = opened
      response.write(line('ADDED', 'a', '1'))
    })
    await until(() => events.length === 1)

    await clock.advanceAsync(80_000)
    response?.write(line('BOOKMARK', '', '2'))
    await until(() => events.length === 2)
    await clock.advanceAsync(89_000)
    response?.write(line('BOOKMARK', '', '3'))
    await until(() => events.length === 3)
    await clock.advanceAsync(90_000)

    expect(await end).toEqual({ kind: 'Stalled' })
  })

  it('breaks off a server that does not even answer', async () => {
    const { server, clock, end } = await watch(() => {})
    await until(() => server.requests.length === 1)

    await clock.advanceAsync(90_000)

    expect(await end).toEqual({ kind: 'Stalled' })
  })

  it('lets others have their turn in the middle of a long answer', async () => {
    let atATime = 0
    let most = 0
    const newTurn = (): void => {
      atATime = 0
      if (!stopped) setImmediate(newTurn)
    }
    let stopped = false
    const names = Array.from({ length: 100 }, (_, at) => line('ADDED', `p${at}`, String(at + 1)))
    const { events, end, clock } = await watch(
      response => response.writeHead(200).end(names.join('')),
      () => {
        clock.advance(5)
        atATime += 1
        most = Math.max(most, atATime)
      },
    )
    newTurn()
    await end
    stopped = true

    expect(events).toHaveLength(100)
    expect(most).toBeLessThanOrEqual(3)
  })

  it('reads nothing while it pauses, and then what has come meanwhile', async () => {
    let response: ServerResponse | undefined
    const pauses: (() => void)[] = []
    const { events } = await watch(
      opened => {
        response = opened
        response.write(line('ADDED', 'a', '1'))
      },
      undefined,
      () => new Promise(resolve => void pauses.push(resolve)),
    )
    await until(() => pauses.length === 1)
    const arrived = Promise.withResolvers<void>()
    response?.write(line('ADDED', 'b', '2'))
    response?.write(line('ADDED', 'c', '3'), () => arrived.resolve())
    await arrived.promise
    expect(events).toEqual(['ADDED a@1'])

    while (events.length < 3) {
      pauses.shift()?.()
      await until(() => pauses.length === 1)
    }
    expect(events).toEqual(['ADDED a@1', 'ADDED b@2', 'ADDED c@3'])
  })

  it('does not pause while more is waiting, so that it never falls behind', async () => {
    const names = Array.from({ length: 60 }, (_, at) => line('ADDED', `p${at}${'x'.repeat(10_000)}`, String(at + 2)))
    let response: ServerResponse | undefined
    let pauses = 0
    const allWritten = Promise.withResolvers<void>()
    const { events } = await watch(
      opened => {
        response = opened
        response.write(line('ADDED', 'a', '1'))
      },
      undefined,
      () => {
        pauses += 1
        return pauses === 1 ? allWritten.promise : new Promise(resolve => setTimeout(resolve, 20))
      },
    )
    await until(() => pauses === 1)
    response?.write(names.join(''), () => allWritten.resolve())
    await until(() => events.length === 61)

    // Ten times as many would be needed if it paused after each piece of 64 KiB.
    expect(pauses).toBeLessThanOrEqual(4)
  })

  it('ends with its signal, open or not', async () => {
    const open = await watch(response => response.write(line('ADDED', 'a', '1')))
    await until(() => open.events.length === 1)
    open.stop.abort()
    expect(await open.end).toEqual({ kind: 'Stopped' })

    const unanswered = await watch(() => {})
    unanswered.stop.abort()
    expect(await unanswered.end).toEqual({ kind: 'Stopped' })
  })

  it('throws on what its listener throws, and lets go of the connection', async () => {
    const { server, end } = await watch(
      response => response.write(line('ADDED', 'a', '1')),
      () => {
        throw new Error('a mistake')
      },
    )

    await expect(end).rejects.toThrow('a mistake')
    await until(() => server.open() === 0)
  })
})
