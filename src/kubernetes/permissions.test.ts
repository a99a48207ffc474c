import { afterEach, describe, expect, it } from 'vitest'
import { transportTo } from '../../test/support/api-transport.ts'
import { sendJson, startScriptedServer } from '../../test/support/scripted-server.ts'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import { describeMissing, missingPermissions, permissionsToRead, permissionsToRun } from './permissions.ts'
import type { Permission } from './permissions.ts'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function ask(wanted: readonly Permission[], allows: (attributes: Permission) => boolean): Promise<readonly Permission[]> {
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
  const missing = await missingPermissions(transport, wanted, { clock, signal: new AbortController().signal })
  expect(server.requests).toHaveLength(wanted.length)
  return missing
}

describe('missing permissions', () => {
  it('are none for somebody who may do everything', async () => {
    expect(await ask(permissionsToRun('respread'), () => true)).toEqual([])
  })

  it('are told in one sentence, verbs of a resource together', async () => {
    const allows = ({ verb, resource, subresource }: Permission): boolean =>
      !['poddisruptionbudgets', 'leases'].includes(resource) && subresource === undefined && !(resource === 'nodes' && verb === 'watch')

    const missing = await ask(permissionsToRun('respread'), allows)

    expect(describeMissing(missing)).toBe(
      'not allowed to watch nodes, list and watch poddisruptionbudgets.policy, create pods/eviction, get and create and update leases.coordination.k8s.io in namespace respread',
    )
  })

  it('of a report are only about lists', () => {
    expect(new Set(permissionsToRead().map(({ verb }) => verb))).toEqual(new Set(['list']))
    expect(permissionsToRead()).toContainEqual({ verb: 'list', group: '', resource: 'pods' })
  })
})
