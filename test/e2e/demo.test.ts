import { globSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { runCli, startCli } from '../support/cli.ts'

it('demo: tells the story line by line, restores the spread with the fewest evictions, and ends with 0', async () => {
  const { code, stdout, stderr } = await runCli(['demo', '--seed', '3'])

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/holdDown=6s.*nodeGrace=2s.*toleration=2s/)
  const acts = [
    'zone-c fails',
    'OutageBegan',
    'zone-c is back',
    'DomainSettling: shop/web',
    'MovesPlanned: shop/web',
    'EpisodeDone',
    'Done in',
  ]
  const places = acts.map(act => stdout.indexOf(act))
  expect(places).toEqual(places.toSorted((a, b) => a - b))
  expect(places).not.toContain(-1)
  const standings = [...stdout.matchAll(/zone-a=(\S+) zone-b=(\S+) zone-c=(\S+) .*skew (\d+)/g)]
  expect(standings.length).toBeGreaterThan(20)
  for (const [line, ...figures] of standings) {
    const [skew, ...counts] = figures
      .toReversed()
      .filter(figure => figure !== '-')
      .map(Number)
    expect({ line, skew }).toEqual({ line, skew: Math.max(...counts) - Math.min(...counts) })
  }
  expect(stdout).toMatch(/: 8 evictions, 8 were the fewest possible; at most \d in flight; every budget kept\./)
  expect(stdout).toMatch(/Left alone: shop\/ledger \(OptedOut:/)
}, 120_000)

it('demo: ends with 0 when it is interrupted before the story has begun, and leaves nothing behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'demo-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const demo = startCli(['demo'], { env: { TMPDIR: folder } })
  // Its cluster is up then, and it is about to connect to it.
  await vi.waitUntil(() => globSync(join(folder, '*/kubeconfig')).length > 0, { timeout: 30_000, interval: 5 })
  demo.kill('SIGINT')

  expect({ ...(await demo.ended), left: readdirSync(folder) }).toMatchObject({ code: 0, stderr: '', left: [] })
})

it('demo: ends in silence when nobody reads on', async () => {
  const demo = startCli(['demo', '--keep'])
  demo.leave()

  expect(await demo.ended).toMatchObject({ code: 0, stderr: '' })
}, 60_000)
