import { afterEach, describe, expect, it } from 'vitest'
import { createMemoryRecorder, transportTo } from '../../test/support/api-transport.ts'
import { sendJson, startScriptedServer, until } from '../../test/support/scripted-server.ts'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import { describeMissing, missingPermissions, permissionsToRead, permissionsToRun, warnWithoutEvents } from './permissions.ts'
import type { Permission } from './permissions.ts'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function reviewServer(allows: (attributes: Permission) => boolean) {
  const server = await startScriptedServer(({ body }, response) => {
    const { spec } = JSON.parse(body) as { spec: { resourceAttributes: Permission } }
    sendJson(response, 201, { status: { allowed: allows(spec.resourceAttributes) } })
  })
  const clock = createVirtualClock(0)
  const transport = transportTo(server.url, clock)
  closing.push(
    () => server.close(),
    () => transport.close(),
  )
  return { server, transport, clock }
}

async function ask(wanted: readonly Permission[], allows: (attributes: Permission) => boolean): Promise<readonly Permission[]> {
  const { server, transport, clock } = await reviewServer(allows)
  const missing = await missingPermissions(transport, wanted, { clock, random: () => 0, signal: new AbortController().signal })
  expect(server.requests).toHaveLength(wanted.length)
  return missing
}

const identity = { namespace: 'respread', leaseName: 'respread', historyName: 'respread-history', dryRun: false, deletionCosts: false }

describe('missing permissions', () => {
  it('are none for somebody who may do everything', async () => {
    expect(await ask(permissionsToRun(identity), () => true)).toEqual([])
  })

  it('are told in one sentence, verbs of a resource together', async () => {
    const allows = ({ verb, resource, subresource }: Permission): boolean =>
      !['poddisruptionbudgets', 'leases'].includes(resource) && subresource === undefined && !(resource === 'nodes' && verb === 'watch')

    const missing = await ask(permissionsToRun(identity), allows)

    expect(describeMissing(missing)).toBe(
      'not allowed to watch nodes, list and watch poddisruptionbudgets.policy, ' +
        'get and update leases.coordination.k8s.io "respread" in namespace respread, create leases.coordination.k8s.io in namespace respread, ' +
        'create pods/eviction',
    )
  })

  it('are not asked for any more once it is clear that there will be no answer', async () => {
    const server = await startScriptedServer((_request, response) => sendJson(response, 401, {}))
    const clock = createVirtualClock(0)
    const transport = transportTo(server.url, clock)
    closing.push(
      () => server.close(),
      () => transport.close(),
    )
    const options = { clock, random: () => 0, signal: new AbortController().signal }
    await expect(missingPermissions(transport, permissionsToRun(identity), options)).rejects.toMatchObject({ status: 401 })

    const asked = server.requests.length
    for (let times = 0; times < 20; times++) {
      clock.advance(60_000)
      await transport.request('GET', '/version', { signal: options.signal })
    }
    expect(server.requests.slice(asked).filter(request => request.startsWith('POST'))).toEqual([])
  })

  it.each([
    ['is busy', 429, 3, permissionsToRead().slice(0, 1)],
    ['is only just starting', 500, 3, permissionsToRead().slice(0, 1)],
    ['knows no reviews', 404, 1, expect.objectContaining({ status: 404 })],
  ])('are asked for again as long as it makes sense: a server that %s (%i)', async (_, status, asked, outcome) => {
    const server = await startScriptedServer((_request, response) =>
      server.requests.length < 3 ? sendJson(response, status, {}) : sendJson(response, 201, { status: { allowed: false } }),
    )
    const clock = createVirtualClock(0)
    const transport = transportTo(server.url, clock)
    closing.push(
      () => server.close(),
      () => transport.close(),
    )
    let isOver = false
    const wanted = permissionsToRead().slice(0, 1)
    const asking = missingPermissions(transport, wanted, { clock, random: () => 0, signal: new AbortController().signal }).catch(
      (error: unknown) => error,
    )
    void asking.then(() => {
      isOver = true
    })
    await until(() => {
      clock.advance(100)
      return isOver
    })

    expect(await asking).toEqual(outcome)
    expect(server.requests).toHaveLength(asked)
  })

  it('of a dry run include nothing that is not read but the lease', () => {
    const writes = permissionsToRun({ ...identity, dryRun: true }).filter(({ verb }) => !['get', 'list', 'watch'].includes(verb))

    expect(new Set(writes.map(({ resource }) => resource))).toEqual(new Set(['leases']))
  })

  it('are asked for by name where a role may allow one object alone', () => {
    const named = permissionsToRun(identity).filter(({ name }) => name !== undefined)

    expect(named.map(({ verb, resource, name }) => `${verb} ${resource} ${name}`)).toEqual([
      'get leases respread',
      'update leases respread',
      'get configmaps respread-history',
      'update configmaps respread-history',
    ])
  })

  it('include those for deletion costs only where these are switched on, and no writing in a dry run', () => {
    const more = (given: Partial<typeof identity>): readonly string[] =>
      permissionsToRun({ ...identity, ...given, deletionCosts: true })
        .slice(permissionsToRun({ ...identity, ...given }).length)
        .map(({ verb, resource }) => `${verb} ${resource}`)
    const autoscalers = ['list horizontalpodautoscalers', 'watch horizontalpodautoscalers']

    expect(more({})).toEqual([...autoscalers, 'get pods', 'patch pods'])
    expect(more({ dryRun: true })).toEqual(autoscalers)
  })

  it('to write Events are no obstacle, but told', async () => {
    const recorder = createMemoryRecorder()
    for (const allowed of [true, false]) {
      const { transport, clock } = await reviewServer(() => allowed)
      await warnWithoutEvents(transport, recorder, { clock, random: () => 0, signal: new AbortController().signal })
    }

    expect(recorder.told.map(({ reason, message }) => [reason, message])).toEqual([
      [
        'EventsForbidden',
        'not allowed to create events.events.k8s.io everywhere: what is not told there stands in log and metrics all the same',
      ],
    ])
  })
})
