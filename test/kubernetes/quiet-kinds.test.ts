import { afterEach, describe, expect, it } from 'vitest'
import { staleness } from '../../src/rebalancing/freshness.ts'
import { DEFAULT_LOOP_SETTINGS } from '../../src/rebalancing/settings.ts'
import { until } from '../support/scripted-server.ts'
import { watchStore } from '../support/watched-store.ts'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

describe('kinds in which nothing happens', () => {
  it.each([
    ['streamed', true],
    ['read in pages', false],
  ])(
    'are known to be current where etcd tells its progress only when asked, their lists being %s',
    { timeout: 20_000 },
    async (_, watchList) => {
      const world = await watchStore(3, { progress: 'onRequest', watchList, secondMs: 20 })
      closing.push(() => world.close())
      const view = await world.connect()
      const told = (): readonly number[] => view.counters().map(({ counters }) => counters.events)
      const before = told()

      // What nobody watches is written all the time: leases, for one.
      world.store.create('leases', { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'x', namespace: 'shop' } })
      await world.clock.advanceAsync(60_000)
      await until(() => told().every((count, kind) => count > (before[kind] ?? 0)))
      await world.clock.advanceAsync(60_000)

      expect(staleness(view.freshness(), DEFAULT_LOOP_SETTINGS.freshness)).toBeUndefined()
    },
  )
})
