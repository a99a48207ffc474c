import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createMetrics } from '../src/telemetry/metrics.ts'

const readme = readFileSync('README.md', 'utf8')

it('the README names no metric that is not served', async () => {
  const metrics = createMetrics({ violatedGroupSeries: 1 })
  metrics.scrapeFrom({
    loop: () => ({ hold: undefined, inFlight: 0, overdue: 0, episode: undefined, deletionCosts: 0 }),
    mayAct: () => true,
    freshness: () => [],
    events: () => ({ sent: 0, repeated: 0, dropped: 0, failed: 0 }),
    watches: () => [],
  })
  const served = new Set([...(await metrics.text()).matchAll(/^# HELP (\S+)/gm)].map(([, name]) => name))
  const named = [...readme.matchAll(/\brespread_[a-z_]+/g)].map(([name]) => name)
  expect(named.length).toBeGreaterThan(5)
  expect(named.filter(name => !served.has(name))).toEqual([])
})

it('the README names no file that is not there', () => {
  const named = [...readme.matchAll(/`((?:manifests|src|test|\.ci)\/[\w./-]+)`/g)].map(([, path = '']) => path)
  expect(named.length).toBeGreaterThan(5)
  expect(named.filter(path => !existsSync(path))).toEqual([])
})
