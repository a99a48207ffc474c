import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startEmbeddedServer, type EmbeddedServer } from '../../src/commands/embedded-server.ts'
import { zoneOf } from '../../src/commands/demo-story.ts'
import type { PodRecord } from '../../src/cluster/pod.ts'
import { createWallClock } from '../../src/kubernetes/wall-clock.ts'
import { threeZones } from '../../src/simulation/scenarios/three-zones.ts'
import { runCli, startCli } from '../support/cli.ts'
import { eventually } from '../support/eventually.ts'

const TIMINGS = {
  podStart: { min: 100, max: 300 },
  podReady: { min: 100, max: 300 },
  podStop: { min: 100, max: 300 },
  nodeReady: { min: 100, max: 300 },
  heartbeat: 500,
  nodeMonitorPeriod: 250,
  nodeMonitorGracePeriod: 2_000,
  nodeEvictionInterval: 100,
  schedulingBackoff: { min: 100, max: 500 },
  provisioning: { min: 50, max: 150 },
}

const CONFIGURATION = `apiVersion: respread.io/v1alpha1
kind: RespreadConfiguration
protect: { minimumPodAge: 1s }
timing: { tick: 1s, debounce: 100ms, holdDown: 3s, coolDown: 1s }
metrics: { port: 0 }
`

let folder = ''
let server: EmbeddedServer
const clock = createWallClock()

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'respread-e2e-'))
  writeFileSync(join(folder, 'config.yaml'), CONFIGURATION)
  server = await startEmbeddedServer({ clock, seed: 7, timings: TIMINGS, objects: threeZones({ tolerationSeconds: 1 }) })
})

afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

const flags = (): string[] => ['--kubeconfig', server.kubeconfig, '--config', join(folder, 'config.yaml')]

const live = (): readonly PodRecord[] => [...server.cluster.state.pods()].filter(pod => pod.deletedAt === undefined)

function countsOf(name: string): number[] {
  const pods = live().filter(pod => pod.name.startsWith(`${name}-`))
  return ['zone-a', 'zone-b', 'zone-c'].map(zone => pods.filter(pod => zoneOf(server.cluster.state, pod) === zone).length)
}

const allReady = (): boolean => live().length === 33 && live().every(pod => pod.ready)

/** Zone c fails and comes back; everything that could move has moved. */
async function outage(): Promise<void> {
  await eventually('all 33 pods are Ready', allReady)
  server.cluster.failZone('zone-c')
  await eventually('no pod is left in zone c', () =>
    live().every(pod => zoneOf(server.cluster.state, pod) !== 'zone-c' && (pod.ready || pod.unschedulableMessage !== undefined)),
  )
  server.cluster.recoverZone('zone-c')
  await eventually('zone c is Ready again and its own pods are back', allReady)
}

/** Watches, at every change of the cluster, that no eviction takes a budget below its floor. */
function watchFloors(): { readonly lowest: Map<string, number>; readonly evicted: Set<string>; stop(): void } {
  const lowest = new Map<string, number>()
  const evicted = new Set<string>()
  const stop = server.cluster.store.subscribe(({ resource, object }) => {
    const conditions = (object['status'] as { conditions?: { type: string; reason?: string }[] } | undefined)?.conditions ?? []
    if (resource === 'pods' && conditions.some(({ type, reason }) => type === 'DisruptionTarget' && reason === 'EvictionByEvictionAPI')) {
      evicted.add(object.metadata.uid ?? '')
    }
    for (const budget of server.cluster.state.all('PodDisruptionBudget')) {
      const ready = live().filter(pod => pod.name.startsWith(`${budget.name}-`) && pod.ready).length
      lowest.set(budget.name, Math.min(lowest.get(budget.name) ?? Infinity, ready - budget.status.desiredHealthy))
    }
  })
  return { lowest, evicted, stop }
}

describe('the day after, over HTTP', () => {
  it('once: from the outage to balanced with as many evictions as the bound, every budget kept', async () => {
    await outage()
    const planned = await runCli(['report', ...flags(), '-o', 'json'])
    expect(planned.code).toBe(0)
    const { summary } = JSON.parse(planned.stdout) as { summary: { reachableBound: number; plannedEvictions: number } }
    expect(summary).toMatchObject({ reachableBound: 8, plannedEvictions: 8 })

    const floors = watchFloors()
    const result = await runCli(['once', ...flags(), '--timeout', '60s'])
    floors.stop()
    expect(result.code).toBe(0)
    expect(result.stdout).toMatch(/: 8 evictions, 8 landed where they help, 0 did not\n/)
    expect(floors.evicted.size).toBe(8)
    expect(floors.lowest.size).toBeGreaterThan(0)
    for (const [budget, spare] of floors.lowest) expect({ budget, spare }).toEqual({ budget, spare: Math.max(0, spare) })
    expect({ web: countsOf('web'), cart: countsOf('cart'), checkout: countsOf('checkout') }).toEqual({
      web: [4, 4, 4],
      cart: [2, 2, 2],
      checkout: [2, 2, 2],
    })

    const again = await runCli(['once', ...flags(), '--timeout', '30s', '--exit-code'])
    expect(again.stdout).toMatch(/^nothing more can be done for 1 group over maxSkew\n {2}shop\/deploy\/ledger over .*OptedOut: .*\n$/)
    expect(again.code).toBe(3)
  }, 120_000)

  it('run: stays through the outage, waits for the zone to settle, restores the spread and ends with 0 on SIGTERM', async () => {
    await eventually('all 33 pods are Ready', allReady)
    const floors = watchFloors()
    const run = startCli(['run', ...flags()])
    await run.said(/"LeaseHeld"/)
    await outage()
    await run.said(/"EpisodeDone".*with 8 evictions/)
    floors.stop()
    expect({ web: countsOf('web'), cart: countsOf('cart'), checkout: countsOf('checkout') }).toEqual({
      web: [4, 4, 4],
      cart: [2, 2, 2],
      checkout: [2, 2, 2],
    })
    expect(floors.evicted.size).toBe(8)

    const beside = await runCli(['once', ...flags(), '--timeout', '30s'])
    expect(beside).toMatchObject({ code: 0 })
    expect(beside.stdout).toMatch(/nothing done: .* holds the lease/)

    run.kill('SIGTERM')
    const { code, stdout, stderr } = await run.ended
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    for (const line of stderr.trim().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow()
  }, 120_000)
})
