import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { startEmbeddedServer } from '../../src/commands/embedded-server.ts'
import { createWallClock } from '../../src/kubernetes/wall-clock.ts'
import { startApiServer } from '../../src/simulation/api-server/server.ts'
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

/** `run` as somebody to whom permissions can be denied, on a cluster whose zone-c took none of its pods when they were made. */
async function stage(first: string, schedulerProfiles = '[]') {
  const folder = mkdtempSync(join(tmpdir(), 'respread-e2e-'))
  const [file, schedulerFile, kubeconfig] = ['config.yaml', 'scheduler.yaml', 'kubeconfig'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const clock = createWallClock()
  const server = await startEmbeddedServer({ clock, seed: 3, timings: TIMINGS, objects })
  const door = await startApiServer(server.cluster.store, { now: () => clock.now(), user: 'eve' })
  onTestFinished(async () => {
    await door.close()
    await server.close()
    rmSync(folder, { recursive: true })
  })
  server.cluster.cordon('node-c')
  server.cluster.restart('deployments', 'shop', 'web')
  writeFileSync(kubeconfig, readFileSync(server.kubeconfig, 'utf8').replace(server.url, door.url))
  const configure = (more: string): void => writeFileSync(file, configuration(more))
  const configureScheduler = (profiles: string): void =>
    writeFileSync(schedulerFile, `apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nprofiles: ${profiles}\n`)
  configure(first)
  configureScheduler(schedulerProfiles)
  const run = startCli(['run', '--kubeconfig', kubeconfig, '--config', file, '--scheduler-config', schedulerFile])
  await run.said(/"LeaseHeld"/)
  return { cluster: server.cluster, access: door.access, configure, configureScheduler, run }
}

it('run takes up a changed configuration without a restart, and refuses a bad one', { timeout: 60_000 }, async () => {
  const { cluster, configure, run } = await stage('paused: true')
  await run.said(/"Paused"/)
  cluster.uncordon('node-c')

  configure('paused: perhaps')
  await run.said(/the new configuration is refused, the old one stays: .*paused: found \\"perhaps\\", expected true or false/)

  const later = (new Date().getUTCHours() + 6) % 24
  configure(`windows: [{ schedule: '0 ${later} * * *', duration: 1h }]`)
  await run.said(/"OutsideWindow".*the next opens at/)
  await run.said(/"MovesPlanned"/)

  configure('logLevel: debug')
  await run.said(/takes effect only after a restart: logLevel/)
  await run.said(/"EpisodeDone".*balanced/)
  const nodes = [...cluster.state.pods()].filter(pod => pod.deletedAt === undefined).map(({ nodeName }) => nodeName ?? '')
  expect(nodes.toSorted((a, b) => a.localeCompare(b))).toEqual(['node-a', 'node-a', 'node-b', 'node-b', 'node-c', 'node-c'])

  run.kill('SIGTERM')
  expect((await run.ended).code).toBe(0)
})

it(
  'run refuses a configuration that takes a missing permission but for the pause in it, and takes it up once that is granted',
  { timeout: 60_000 },
  async () => {
    const { access, configure, run } = await stage('')
    const grant = access.deny({ verb: 'patch', resource: 'pods' })

    configure('act: { deletionCosts: true }\npaused: true')
    await run.said(/the new configuration is refused, the old one stays: not allowed to patch pods; it is paused"/)
    await run.said(/"Paused"/)

    grant()
    await run.said(/is refused[^]*the configuration has changed and is in effect/)
    run.kill('SIGTERM')
    expect((await run.ended).code).toBe(0)
  },
)

it('run takes up a changed scheduler configuration as well, and pauses though that is a bad one', { timeout: 60_000 }, async () => {
  const { cluster, configure, configureScheduler, run } = await stage('', '[{ schedulerName: another }]')
  cluster.uncordon('node-c')
  await run.said(/"CannotPredict"/)

  configureScheduler('[{ schedulerName: [] }]')
  await run.said(/the new configuration is refused, the old one stays: .*scheduler\.yaml:3:.*the name of a scheduler/)
  configure('paused: true')
  await run.said(/"Paused"/)

  configure('')
  configureScheduler('[{ plugins: { score: { enabled: [{ name: Homemade }] } } }]')
  await run.said(/scheduler\.yaml:3:.*Homemade.*not modelled/)
  await run.said(/"LandingOpen"/)

  configureScheduler('[]')
  await run.said(/"EpisodeDone".*balanced/)
  run.kill('SIGTERM')
  expect((await run.ended).code).toBe(0)
})
