import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli, startCli } from '../support/cli.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures/real-cluster')
const RECOVERED = join(FIXTURES, 'az-c-recovered.json.gz')
const DOWN = join(FIXTURES, 'az-c-down.json.gz')

/** Later than both snapshots were taken by more than the minimum pod age. */
const LATER = ['--now', '2026-11-21T12:00:00Z']

interface Report {
  readonly apiVersion: string
  readonly kind: string
  readonly summary: Readonly<Record<string, number>>
  readonly groups: readonly {
    readonly namespace: string
    readonly workload: { readonly name: string }
    readonly topologyKey: string
    readonly origin: string
    readonly status: string
    readonly reason: string
    readonly planned: number
  }[]
  readonly evictions: readonly {
    readonly namespace: string
    readonly workload: { readonly name: string }
    readonly toDomain: string
    readonly certainty: string
  }[]
}

async function report(snapshot: string): Promise<Report> {
  const { code, stdout, stderr } = await runCli(['report', '--snapshot', snapshot, ...LATER, '-o', 'json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as Report
}

const nameOf = ({ namespace, workload }: { namespace: string; workload: { name: string } }): string => `${namespace}/${workload.name}`

describe('a real cluster 20 s after zone c came back', () => {
  it('plans 17 evictions, every one of which lands in zone c', async () => {
    const { kind, apiVersion, summary, evictions } = await report(RECOVERED)
    expect({ kind, apiVersion }).toEqual({ kind: 'RebalanceReport', apiVersion: 'respread.io/v1alpha1' })
    expect(summary).toMatchObject({ lowerBound: 28, reachableBound: 17, plannedEvictions: 17, violatedGroups: 7, blockedGroups: 7 })
    const byWorkload = Object.fromEntries([...Map.groupBy(evictions, nameOf)].map(([name, list]) => [name, list.length]))
    expect(byWorkload).toEqual({
      'shop/web': 4,
      'shop/cart': 3,
      'shop/search': 3,
      'shop/api': 2,
      'shop/checkout': 2,
      'platform/skew2': 2,
      'platform/small': 1,
    })
    expect(new Set(evictions.map(eviction => eviction.toDomain))).toEqual(new Set(['c']))
    expect(evictions.every(eviction => eviction.certainty === (eviction.workload.name === 'checkout' ? 'certain' : 'likely'))).toBe(true)
  })

  it('names the reason for each workload that it leaves alone', async () => {
    const { groups } = await report(RECOVERED)
    const left = Object.fromEntries(
      groups
        .filter(group => group.planned === 0 && group.topologyKey === 'topology.kubernetes.io/zone')
        .map(group => [`${nameOf(group)} ${group.origin}`, `${group.status} ${group.reason}`]),
    )
    expect(left).toEqual({
      'shop/frozen pod': 'Blocked BudgetNeverAllows',
      'shop/twice pod': 'Blocked SeveralBudgets',
      'platform/keep pod': 'Blocked NotSafeToEvict',
      'platform/karp pod': 'Blocked DoNotDisrupt',
      'platform/scratch pod': 'Blocked LocalStorage',
      'platform/critical pod': 'Blocked SystemCritical',
      'platform/batch pod': 'Blocked JobPod',
      'data/cache pod': 'Balanced WithinMaxSkew',
      'data/vmstorage pod': 'Balanced WithinMaxSkew',
      'shop/ledger pod': 'Balanced WithinMaxSkew',
      'platform/pinned pod': 'Balanced OneDomain',
      'shop/bare pod': 'Balanced WithinMaxSkew',
      'shop/plain default': 'Balanced WithinMaxSkew',
      'shop/affine default': 'Balanced WithinMaxSkew',
      'shop/affine antiAffinity': 'Balanced AntiAffinityNotEnabled',
    })
  })

  it('exits 3 with --exit-code, and the table stays within 80 columns', async () => {
    const { code, stdout } = await runCli(['report', '--snapshot', RECOVERED, ...LATER, '--exit-code'])
    expect(code).toBe(3)
    expect(stdout.split('\n').filter(line => line.length > 80)).toEqual([])
    expect(stdout).toContain('17 evictions planned')
  })
})

describe('a report', () => {
  it.each(['table', 'json', 'yaml'])('as %s ends in silence when nobody reads on', async format => {
    const cli = startCli(['report', '--snapshot', RECOVERED, ...LATER, '-o', format, '--exit-code'])
    cli.leave()

    expect(await cli.ended).toMatchObject({ code: 3, stderr: '' })
  })

  // A file that is always full, which Linux alone has.
  it.runIf(existsSync('/dev/full'))('that cannot be written says so in one sentence, and exits 1', () => {
    const main = join(import.meta.dirname, '../../src/main.ts')
    const full = openSync('/dev/full', 'w')
    const { status, stderr } = spawnSync(process.execPath, [main, 'report', '--snapshot', RECOVERED, '-o', 'json'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    })
    closeSync(full)

    expect(stderr).toMatch(/^respread: cannot write the result: ENOSPC[^\n]*\n$/)
    expect(status).toBe(1)
  })

  it('shows as many rows as asked for', async () => {
    const { stdout } = await runCli(['report', '--snapshot', RECOVERED, ...LATER, '--limit', '2'])

    expect(stdout).toMatch(/^\.\.\. and \d+ more groups: /m)
    expect(stdout).toMatch(/^\.\.\. and 15 more evictions, in waves? /m)
  })
})

describe('a real cluster 50 s after zone c was lost', () => {
  it('evicts nothing: every group that zone c touches is held', async () => {
    const { summary, groups, evictions } = await report(DOWN)
    expect(evictions).toEqual([])
    expect(summary).toMatchObject({ plannedEvictions: 0, violatedGroups: 0, blockedGroups: 0 })
    const notHeld = groups.filter(group => group.status !== 'Held').map(group => `${nameOf(group)} ${group.reason}`)
    expect(notHeld.sort()).toEqual(['platform/pinned OneDomain', 'shop/affine AntiAffinityNotEnabled'])
  })
})

describe('a configuration that keeps evictions from going out now', () => {
  it('is told beside the plan, which is the same', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'respread-e2e-'))
    const file = join(folder, 'config.yaml')
    const head = 'apiVersion: respread.io/v1alpha1\nkind: RespreadConfiguration\npaused: true\n'
    writeFileSync(file, `${head}windows: [{ schedule: '0 22 * * 1-5', timeZone: Europe/Vienna, duration: 6h }]\n`)
    const flags = ['--snapshot', RECOVERED, ...LATER, '--config', file]
    const [json, table, explained] = [
      await runCli(['report', ...flags, '-o', 'json']),
      await runCli(['report', ...flags]),
      await runCli(['explain', 'shop/deploy/web', ...flags]),
    ]
    rmSync(folder, { recursive: true })

    const shut = 'no maintenance window is open; the next opens at 2026-11-23T21:00:00Z (0 22 * * 1-5 in Europe/Vienna)'
    expect(JSON.parse(json.stdout)).toMatchObject({
      summary: { plannedEvictions: 17 },
      notices: [
        { reason: 'Paused', message: 'the configuration says paused: true' },
        { reason: 'OutsideWindow', message: shut },
      ],
    })
    for (const { stdout } of [table, explained]) {
      expect(stdout).toContain('Paused: the configuration says paused: true')
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`OutsideWindow: ${shut}`)
    }
  })
})
