import { afterEach, describe, expect, it } from 'vitest'
import { transportTo } from '../../test/support/api-transport.ts'
import { sendJson, startScriptedServer, until } from '../../test/support/scripted-server.ts'
import type { AnnotationOutcome } from '../rebalancing/ports.ts'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import { createAnnotator, type AnnotatorOptions } from './annotator.ts'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const forever = new AbortController().signal

async function annotatorFor(answer: Parameters<typeof startScriptedServer>[0], options: Partial<AnnotatorOptions> = {}) {
  const server = await startScriptedServer(answer)
  const clock = createVirtualClock(0)
  const transport = transportTo(server.url, clock)
  closing.push(
    () => server.close(),
    () => transport.close(),
  )
  const annotator = createAnnotator(transport, { clock, mayAct: () => true, perSecond: 1_000, ...options })
  const set = (pod: string, cost: number | undefined = -4, signal = forever): Promise<AnnotationOutcome> =>
    annotator.setDeletionCost({ namespace: 'shop', pod, uid: 'u', cost }, signal)
  return { server, clock, annotator, set }
}

const POD = { kind: 'Pod', metadata: { name: 'web-1', uid: 'u', resourceVersion: '7', labels: { app: 'web' } }, spec: { nodeName: 'a' } }

describe('a deletion cost', () => {
  it('is a merge patch of two annotations, with uid and version of the pod that was looked at as preconditions', async () => {
    const patches: unknown[] = []
    const { server, set } = await annotatorFor(({ method, headers, body }, response) => {
      if (method === 'PATCH') patches.push(headers['content-type'], JSON.parse(body))
      sendJson(response, 200, POD)
    })

    expect(await set('web-1')).toEqual({ kind: 'Written' })
    expect(server.requests).toEqual([
      'GET /api/v1/namespaces/shop/pods/web-1',
      'PATCH /api/v1/namespaces/shop/pods/web-1?fieldManager=respread',
    ])
    const annotations = { 'controller.kubernetes.io/pod-deletion-cost': '-4', 'respread.io/deletion-cost-set': '-4' }
    expect(patches).toEqual(['application/merge-patch+json', { metadata: { uid: 'u', resourceVersion: '7', annotations } }])
  })

  it('is not written by a process that may no longer act, asked right before each request', async () => {
    let leader = false
    const { server, set } = await annotatorFor(
      (_, response) => {
        leader = false
        sendJson(response, 200, POD)
      },
      { mayAct: () => leader },
    )

    expect(await set('web-1')).toMatchObject({ kind: 'Throttled', message: 'not sent: this process may no longer act' })
    leader = true
    expect(await set('web-1')).toMatchObject({ kind: 'Throttled', message: 'not sent: this process may no longer act' })
    expect(server.requests).toEqual(['GET /api/v1/namespaces/shop/pods/web-1'])
  })

  it('without an answer is lost at its deadline', async () => {
    const { server, clock, set } = await annotatorFor(() => {})

    const outcome = set('web-1')
    await until(() => server.requests.length === 1)
    await clock.advanceAsync(10_000)

    expect(await outcome).toMatchObject({ kind: 'Lost', message: expect.stringContaining('within 10s') })
  })

  it('is taken back by its signal while it waits, and given up while it is under way', async () => {
    const { server, set } = await annotatorFor(() => {}, { concurrency: 1 })
    const abort = new AbortController()
    const [first, second] = [set('web-1', -4, abort.signal), set('web-2', -3, abort.signal)]
    await until(() => server.requests.length === 1)
    abort.abort()

    expect(await first).toEqual({ kind: 'Lost', message: 'given up before the answer came' })
    expect(await second).toMatchObject({ kind: 'Throttled', message: 'not sent: taken back before its turn' })
  })

  it('of a path that a proxy does not know is no pod that is gone', async () => {
    const { set } = await annotatorFor((_, response) => void response.writeHead(404).end('404 page not found'))

    expect(await set('web-1')).toMatchObject({ kind: 'Invalid' })
  })
})
