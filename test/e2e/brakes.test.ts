import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { startEmbeddedServer, type EmbeddedServer } from '../../src/commands/embedded-server.ts'
import { createWallClock } from '../../src/kubernetes/wall-clock.ts'
import { EMPTY_HISTORY, formatHistory } from '../../src/rebalancing/history.ts'
import { startApiServer, type ApiServer } from '../../src/simulation/api-server/server.ts'
import { deploymentManifest, namespaceManifest, nodeManifest } from '../../src/simulation/manifests.ts'
import { runCli, startCli, type CliResult } from '../support/cli.ts'
import { eventually } from '../support/eventually.ts'

const TIMINGS = { podStart: { min: 50, max: 100 }, podReady: { min: 50, max: 100 }, podStop: { min: 50, max: 100 } }

const CONFIGURATION = `apiVersion: respread.io/v1alpha1
kind: RespreadConfiguration
protect: { minimumPodAge: 0s }
timing: { tick: 1s, debounce: 100ms, holdDown: 1s, coolDown: 1s }
metrics: { port: 0 }
`

const clock = createWallClock()
const folder = mkdtempSync(join(tmpdir(), 'respread-e2e-'))
const file = join(folder, 'config.yaml')
const forbidding = join(folder, 'kubeconfig')
let server: EmbeddedServer
let door: ApiServer

beforeAll(async () => {
  writeFileSync(file, CONFIGURATION)
  server = await startEmbeddedServer({
    clock,
    seed: 5,
    timings: TIMINGS,
    objects: [
      namespaceManifest('shop'),
      namespaceManifest('default'),
      ...['a', 'b', 'c'].map(zone => nodeManifest({ name: `node-${zone}`, zone: `zone-${zone}`, ready: true })),
    ],
  })
  // The same cluster for somebody who may do less.
  door = await startApiServer(server.cluster.store, {
    now: () => clock.now(),
    user: 'eve',
    denials: [
      { verb: 'watch', resource: 'poddisruptionbudgets' },
      { resource: 'pods', subresource: 'eviction' },
    ],
  })
  writeFileSync(forbidding, readFileSync(server.kubeconfig, 'utf8').replace(server.url, door.url))
})

afterAll(async () => {
  await door.close()
  await server.close()
  rmSync(folder, { recursive: true })
})

const live = () => [...server.cluster.state.pods()].filter(pod => pod.deletedAt === undefined && pod.labels.get('app') === 'web')
const nodes = (): string[] =>
  live()
    .map(({ nodeName }) => nodeName ?? '')
    .sort()
const once = (...flags: string[]): Promise<CliResult> =>
  runCli(['once', '--kubeconfig', server.kubeconfig, '--config', file, '--timeout', '60s', ...flags])

const OWN = [
  ['configmaps', 'respread-history'],
  ['leases', 'respread'],
] as const

/** Six pods of web are Ready on nodes a and b, and node c is empty: two must move. */
async function bunchUp(): Promise<void> {
  const { cluster } = server
  if (cluster.store.get('deployments', 'shop', 'web') !== undefined) cluster.store.delete('deployments', 'shop', 'web')
  await eventually('web is gone', () => live().length === 0)
  cluster.cordon('node-c')
  cluster.apply(deploymentManifest({ namespace: 'shop', name: 'web', replicas: 6, spread: [{ over: 'zone' }] }))
  await eventually('web is Ready', () => live().length === 6 && live().every(pod => pod.ready))
  cluster.uncordon('node-c')
  for (const [resource, name] of OWN) {
    if (cluster.store.get(resource, 'default', name) !== undefined) cluster.store.delete(resource, 'default', name)
  }
}

const BUNCHED = ['node-a', 'node-a', 'node-a', 'node-b', 'node-b', 'node-b']
const SPREAD = ['node-a', 'node-a', 'node-b', 'node-b', 'node-c', 'node-c']
const STOPPED = 'respread.io/stopped'

/** What an earlier run has left: the ConfigMap of respread. */
function leave(history: string, annotations: Readonly<Record<string, string>> = {}): void {
  const metadata = { namespace: 'default', name: 'respread-history', annotations }
  server.cluster.store.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { history } })
}

/** Stopped an hour ago. */
function leaveStopped(): void {
  leave(formatHistory({ ...EMPTY_HISTORY, stoppedAt: clock.now() - 3_600_000 }), { [STOPPED]: 'TooManyMisses' })
}

it.each(['once', 'run'])('%s lists every permission that is missing in one message', { timeout: 60_000 }, async command => {
  expect(await runCli([command, '--kubeconfig', forbidding, '--config', file])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'respread: not allowed to watch poddisruptionbudgets.policy, create pods/eviction\n',
  })
})

it('report lists every permission that is missing in one message', { timeout: 60_000 }, async () => {
  const allow = ['nodes', 'statefulsets'].map(resource => door.access.deny({ verb: 'list', resource }))
  onTestFinished(() => {
    for (const each of allow) each()
  })

  expect(await runCli(['report', '--kubeconfig', forbidding, '--config', file])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'respread: not allowed to list nodes, list statefulsets.apps\n',
  })
})

describe('once', { timeout: 120_000 }, () => {
  beforeEach(bunchUp, 60_000)

  it('as a dry run says the whole way what it would do, and writes nothing but its lease', async () => {
    const { code, stdout, stderr } = await once('--dry-run')

    expect(code).toBe(0)
    expect(stdout).toMatch(/^nothing was evicted; 2 evictions are planned for 1 group over maxSkew/)
    const moves = [...stdout.matchAll(/ {2}wave (\d): would evict shop\/(web-\S+), topology.kubernetes.io\/zone zone-[ab] -> zone-c\n/g)]
    expect(moves.map(([, wave]) => wave)).toEqual(['1', '2'])
    for (const [, , pod] of moves) expect(stderr).toMatch(new RegExp(`"WouldEvict".*would evict shop/${pod}`))
    expect(server.cluster.store.get('configmaps', 'default', 'respread-history')).toBeUndefined()
    expect(nodes()).toEqual(BUNCHED)
  })

  it('leaves a lease alone that something else holds, and says who', async () => {
    const renewTime = new Date(clock.now()).toISOString().replace('Z', '000Z')
    server.cluster.store.create('leases', {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { namespace: 'default', name: 'respread' },
      spec: { holderIdentity: 'something-else', leaseDurationSeconds: 60, renewTime, acquireTime: renewTime },
    })

    expect(await once()).toMatchObject({ code: 0, stdout: 'nothing done: something-else holds the lease and is at work\n' })
    expect(server.cluster.store.get('leases', 'default', 'respread')?.['spec']).toMatchObject({ holderIdentity: 'something-else' })
    expect(nodes()).toEqual(BUNCHED)
  })

  it('sets a history aside that it cannot read, and goes on', async () => {
    leave('{"version":1,')
    const { code, stdout, stderr } = await once()

    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^every group is within maxSkew: 2 evictions, 2 landed where they help/) as string,
    })
    expect(stderr).toMatch(/"level":"warn".*"HistorySetAside".*it is not JSON/)
    expect(nodes()).toEqual(SPREAD)
  })

  it('respects a stop, and says how a person takes it back', async () => {
    leaveStopped()
    const stopped = await once('--exit-code')
    const before = nodes()
    server.cluster.store.update('configmaps', 'default', 'respread-history', current => ({
      ...current,
      metadata: { ...current.metadata, annotations: {} },
    }))
    const released = await once()

    expect(stopped).toMatchObject({
      code: 0,
      stdout:
        'three landings in ten minutes did not help: nothing more is evicted until somebody takes this back' +
        ` (kubectl annotate configmap respread-history -n default ${STOPPED}-)\n`,
    })
    expect(before).toEqual(BUNCHED)
    expect(released.stderr).toMatch(/"StopLifted"/)
    expect(nodes()).toEqual(SPREAD)
  })
})

it('a new start of run lifts a stop', { timeout: 120_000 }, async () => {
  await bunchUp()
  leaveStopped()
  const run = startCli(['run', '--kubeconfig', server.kubeconfig, '--config', file])
  await run.said(/"StopLifted".*respread was started anew/)
  await run.said(/"EpisodeDone"/)
  expect(nodes()).toEqual(SPREAD)
  const history = server.cluster.store.get('configmaps', 'default', 'respread-history')
  expect(history?.metadata.name).toBe('respread-history')
  expect(history?.metadata.annotations?.[STOPPED]).toBeUndefined()

  run.kill('SIGTERM')
  expect(await run.ended).toMatchObject({ code: 0 })
})
