import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createWallClock } from '../../src/kubernetes/wall-clock.ts'
import { startApiServer, type ApiServer } from '../../src/simulation/api-server/server.ts'
import { createRandom } from '../../src/simulation/random.ts'
import { createObjectStore } from '../../src/simulation/store.ts'
import { startCli, type CliProcess } from '../support/cli.ts'

const clock = createWallClock()
const store = createObjectStore({ now: () => clock.now(), random: createRandom(1) })
store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } })

let folder = ''
let server: ApiServer

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'respread-once-'))
  server = await startApiServer(store, { now: () => clock.now() })
  writeFileSync(
    join(folder, 'kubeconfig'),
    JSON.stringify({
      'current-context': 'c',
      clusters: [{ name: 'c', cluster: { server: server.url } }],
      contexts: [{ name: 'c', context: { cluster: 'c' } }],
    }),
  )
})

afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

const once = (...flags: string[]): CliProcess => startCli(['once', '--kubeconfig', join(folder, 'kubeconfig'), ...flags])

/** Pods cannot be listed, for as long as anybody cares. */
function listNoPods(): void {
  server.faults.next({ resource: 'pods' }, { kind: 'throttle', retryAfterSeconds: 1 }, Infinity)
}

/** Somebody who died has left a lease that lasts. */
function leaveLease(): void {
  const renewTime = '2026-01-01T00:00:00.000000Z'
  const spec = { holderIdentity: 'somebody', leaseDurationSeconds: 3_600, renewTime, acquireTime: renewTime }
  store.create('leases', {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { namespace: 'default', name: 'respread' },
    spec,
  })
}

describe('once, with a cluster that cannot be read', { timeout: 60_000 }, () => {
  it('gives up when its time is up, and says so', async () => {
    listNoPods()
    const { code, stdout, stderr } = await once('--timeout', '2s').ended

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/respread: gave up after 2s, for the cluster could not be read or the lease not be taken by then\n$/)
  })

  it('ends when it is told to', async () => {
    listNoPods()
    const process = once()
    await process.said(/"RequestFailed"/)
    process.kill('SIGTERM')

    expect(await process.ended).toMatchObject({ code: 0, stdout: 'nothing done: stopped before the lease was taken\n' })
  })
})

describe('once, while it watches whether a lease is abandoned', { timeout: 60_000 }, () => {
  beforeEach(leaveLease)
  afterEach(() => void store.delete('leases', 'default', 'respread'))

  it('gives up when its time is up', async () => {
    expect(await once('--timeout', '3s').ended).toMatchObject({ code: 1, stderr: expect.stringContaining('gave up after 3s') as string })
  })
})

describe('run, with a cluster that cannot be read', { timeout: 60_000 }, () => {
  it('says at once what it is about, and ends when it is told to', async () => {
    listNoPods()
    const config = join(folder, 'config.yaml')
    writeFileSync(config, 'apiVersion: respread.io/v1alpha1\nkind: RespreadConfiguration\nmetrics: { port: 0 }\n')
    const run = startCli(['run', '--kubeconfig', join(folder, 'kubeconfig'), '--config', config])
    await run.said(/"RequestFailed"/)
    run.kill('SIGTERM')

    const { code, stdout, stderr } = await run.ended
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    const [first = ''] = stderr.split('\n')
    expect(JSON.parse(first)).toMatchObject({ level: 'info', message: 'reading the cluster', server: server.url })
  })
})
