import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startEmbeddedServer } from '../../src/commands/embedded-server.ts'
import { createWallClock } from '../../src/kubernetes/wall-clock.ts'
import { deploymentManifest, namespaceManifest, nodeManifest } from '../../src/simulation/manifests.ts'
import { startCli } from '../support/cli.ts'

const TIMINGS = { podStart: { min: 100, max: 200 }, podReady: { min: 100, max: 200 }, podStop: { min: 100, max: 200 } }

const objects = [
  namespaceManifest('shop'),
  ...['a', 'b', 'c'].map(zone => nodeManifest({ name: `node-${zone}`, zone: `zone-${zone}`, ready: true })),
  deploymentManifest({ namespace: 'shop', name: 'web', replicas: 6, spread: [{ over: 'zone' }] }),
]

const configuration = (more: string): string => `apiVersion: respread.io/v1alpha1
kind: RespreadConfiguration
protect: { minimumPodAge: 1s }
timing: { tick: 1s, debounce: 100ms, holdDown: 1s, coolDown: 1s }
metrics: { port: 0 }
${more}
`

it('run takes up a changed configuration without a restart, and refuses a bad one', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'respread-e2e-'))
  const file = join(folder, 'config.yaml')
  const server = await startEmbeddedServer({ clock: createWallClock(), seed: 3, timings: TIMINGS, objects })
  const { cluster } = server
  // All pods are made while zone-c takes none.
  cluster.cordon('node-c')
  cluster.restart('deployments', 'shop', 'web')
  writeFileSync(file, configuration('paused: true'))
  const run = startCli(['run', '--kubeconfig', server.kubeconfig, '--config', file])
  try {
    await run.said(/"LeaseHeld"/)
    await run.said(/"Paused"/)
    cluster.uncordon('node-c')

    writeFileSync(file, configuration('paused: perhaps'))
    await run.said(/the new configuration is refused, the old one stays: .*paused: found \\"perhaps\\", expected true or false/)

    const later = (new Date().getUTCHours() + 6) % 24
    writeFileSync(file, configuration(`windows: [{ schedule: '0 ${later} * * *', duration: 1h }]`))
    await run.said(/"OutsideWindow".*the next opens at/)
    await run.said(/"MovesPlanned"/)

    writeFileSync(file, configuration('logLevel: debug'))
    await run.said(/takes effect only after a restart: logLevel/)
    await run.said(/"EpisodeDone".*balanced/)
    const nodes = [...cluster.state.pods()].filter(pod => pod.deletedAt === undefined).map(({ nodeName }) => nodeName ?? '')
    expect(nodes.toSorted((a, b) => a.localeCompare(b))).toEqual(['node-a', 'node-a', 'node-b', 'node-b', 'node-c', 'node-c'])
  } finally {
    run.kill('SIGTERM')
    await run.ended
    await server.close()
    rmSync(folder, { recursive: true })
  }
  expect((await run.ended).code).toBe(0)
})
