import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli } from '../support/cli.ts'

const RECOVERED = join(import.meta.dirname, '../fixtures/real-cluster/az-c-recovered.json.gz')

async function explain(what: string, ...more: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return runCli(['explain', what, '--snapshot', RECOVERED, '--now', '2026-11-21T12:00:00Z', ...more])
}

interface Explanation {
  readonly kind: string
  readonly groups: readonly {
    readonly topologyKey: string
    readonly planned: number
    readonly staying: readonly { readonly reason: string; readonly pods: readonly string[] }[]
  }[]
  readonly evictions: readonly { readonly pod: string }[]
  readonly pods: readonly { readonly name: string; readonly standing: { readonly reason: string; readonly message: string } | null }[]
}

describe('explain NAMESPACE/KIND/NAME', () => {
  it.each([
    ['shop/Deployment/web', 'deploy/web in namespace shop, 12 pods'],
    ['shop/rs/web-857c8c5c44', 'rs/web-857c8c5c44 in namespace shop, 12 pods'],
    ['shop/pod/bare', 'pod/bare in namespace shop, 1 pod'],
  ])('finds %s, as kubectl or a report calls it', async (what, title) => {
    const { code, stdout, stderr } = await explain(what)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n')[0]).toBe(title)
    expect(stdout).toContain('\nzone (')
    expect(stdout.split('\n').filter(line => line.length > 80)).toEqual([])
  })

  it('says what else has the name', async () => {
    expect(await explain('data/deploy/cache')).toMatchObject({
      code: 1,
      stderr: 'respread: no pod in namespace data belongs to deploy/cache; there is a StatefulSet of that name\n',
    })
  })

  it('gives for every pod its eviction or the reason why it stays, in the JSON too', async () => {
    const { stdout } = await explain('shop/deploy/web', '-o', 'json')
    const { kind, groups, evictions, pods } = JSON.parse(stdout) as Explanation
    expect(kind).toBe('WorkloadExplanation')
    const moved = evictions.map(({ pod }) => pod).sort()
    expect(moved).toHaveLength(4)
    expect(pods).toHaveLength(12)
    expect(pods.filter(({ standing }) => standing === null).map(({ name }) => name)).toEqual(moved)
    expect(pods.filter(({ standing }) => standing !== null && standing.message === '')).toEqual([])
    const [zone] = groups
    expect(groups).toHaveLength(1)
    expect(zone?.staying.map(({ reason, pods: staying }) => [reason, staying.length])).toEqual([['NotNeeded', 8]])
  })
})
