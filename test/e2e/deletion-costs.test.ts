import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { PodRecord } from '../../src/cluster/pod.ts'
import { zoneOf } from '../../src/commands/demo-story.ts'
import { startEmbeddedServer, type EmbeddedServer } from '../../src/commands/embedded-server.ts'
import { createWallClock } from '../../src/kubernetes/wall-clock.ts'
import { autoscalerManifest, deploymentManifest, namespaceManifest, nodeManifest } from '../../src/simulation/manifests.ts'
import { runCli, startCli } from '../support/cli.ts'
import { eventually } from '../support/eventually.ts'

const COST = 'controller.kubernetes.io/pod-deletion-cost'
const SET = 'respread.io/deletion-cost-set'
const TIMINGS = { podStart: { min: 100, max: 200 }, podReady: { min: 100, max: 200 }, podStop: { min: 100, max: 200 } }

/** A workload that its autoscaler has just scaled rests for ten minutes: nothing is evicted meanwhile. */
const configuration = (deletionCosts: boolean): string => `apiVersion: respread.io/v1alpha1
kind: RespreadConfiguration
act: { deletionCosts: ${deletionCosts} }
timing: { tick: 1s, debounce: 100ms, holdDown: 1s, coolDown: 10m }
metrics: { port: 0 }
`

let folder = ''
let server: EmbeddedServer
const clock = createWallClock()

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'respread-e2e-'))
  const objects = [
    namespaceManifest('shop'),
    ...['a', 'b', 'c'].map(zone => nodeManifest({ name: `node-${zone}`, zone: `zone-${zone}`, ready: true })),
    deploymentManifest({ namespace: 'shop', name: 'web', replicas: 0, spread: [{ over: 'zone' }] }),
  ]
  server = await startEmbeddedServer({ clock, seed: 5, timings: TIMINGS, objects })
})

afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

const live = (): readonly PodRecord[] => [...server.cluster.state.pods()].filter(pod => pod.deletedAt === undefined)

/** Ready pods in zones a, b and c. */
const counts = (): readonly number[] =>
  ['zone-a', 'zone-b', 'zone-c'].map(zone => live().filter(pod => pod.ready && zoneOf(server.cluster.state, pod) === zone).length)

/** Costs that respread vouches for, lowest first. */
const own = (): readonly string[] =>
  live()
    .flatMap(({ annotations }) => (annotations.has(SET) ? [`${annotations.get(COST)} ${annotations.get(SET)}`] : []))
    .toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))

/** The autoscaler scales: to more pods while only zone-a takes any, so that they bunch up there. */
async function scale(replicas: number, bunchUp = false): Promise<void> {
  const { cluster } = server
  for (const name of bunchUp ? ['node-b', 'node-c'] : []) cluster.cordon(name)
  const status = { lastScaleTime: new Date(clock.now()).toISOString() }
  cluster.apply({ ...autoscalerManifest('shop', 'web', { minReplicas: 3, maxReplicas: 12 }), status })
  cluster.scale('deployments', 'shop', 'web', replicas)
  await eventually(`${replicas} pods are Ready`, () => live().length === replicas && live().every(pod => pod.ready))
  for (const name of ['node-b', 'node-c']) cluster.uncordon(name)
  await eventually('every zone takes pods', () => [...cluster.state.nodes()].every(({ taints }) => taints.length === 0))
}

it('the next scale-in takes what bunched up, and nothing that respread wrote is left, over HTTP', { timeout: 120_000 }, async () => {
  const { cluster } = server
  const file = join(folder, 'config.yaml')
  await scale(4, true)
  await scale(6)
  expect(counts()).toEqual([4, 1, 1])
  const theirs = live().find(pod => zoneOf(cluster.state, pod) === 'zone-a')
  cluster.objects.update('pods', { namespace: 'shop', name: theirs?.name ?? '' }, pod => ({
    ...pod,
    metadata: { ...pod.metadata, annotations: { [COST]: '100' } },
  }))

  writeFileSync(file, configuration(true))
  const run = startCli(['run', '--kubeconfig', server.kubeconfig, '--config', file])
  await eventually('the surplus carries costs', () => own().join() === '-4 -4,-3 -3')
  writeFileSync(file, configuration(false))
  await eventually('they are taken back once that is switched off', () => own().length === 0)
  writeFileSync(file, configuration(true))
  await eventually('they are back', () => own().join() === '-4 -4,-3 -3')

  const surplus = live().filter(({ annotations }) => annotations.has(SET))
  await scale(4)
  await eventually('the spread is restored', () => counts().join() === '2,1,1')
  const staying = new Set(live().map(({ uid }) => uid))
  expect(surplus.map(({ uid }) => staying.has(uid))).toEqual([false, false])
  expect(own()).toEqual([])
  expect(cluster.state.pod('shop', theirs?.name ?? '')?.annotations).toEqual(new Map([[COST, '100']]))

  await scale(6, true)
  await eventually('there is surplus again', () => own().length === 2)
  run.kill('SIGTERM')
  const { code, stderr } = await run.ended
  expect(code).toBe(0)
  expect(own()).toEqual([])
  expect(stderr).toMatch(/"DeletionCostSet"/)
  expect(stderr).not.toMatch(/"Evicting"/)

  const once = await runCli(['once', '--kubeconfig', server.kubeconfig, '--config', file, '--timeout', '3s'])
  expect(once.stderr).toMatch(/act\.deletionCosts has no effect on once/)
  expect(own()).toEqual([])
})
