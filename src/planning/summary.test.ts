import { expect, it } from 'vitest'
import { hard, HOST, planFor, soft, spreadOn, workload, zones } from '../../test/support/spread-world.ts'

const THREE = { a: 3, b: 3, c: 3 }

it('groups of the same pods are bounded by the most demanding one: an eviction can serve them all', () => {
  const spread = [hard('web'), hard('web', { topologyKey: HOST })]
  const { summary, evictions } = planFor([...zones(THREE), ...workload({ name: 'web', on: spreadOn(THREE, [6, 3, 0]), spread })])
  expect(summary).toMatchObject({ violatedGroups: 2, lowerBound: 3, reachableBound: 3 })
  expect(evictions).toHaveLength(3)
})

it('groups of different pods that a third one ties together are bounded by both: no eviction serves the two', () => {
  const team = { team: 'shop' }
  const shared = soft('', { topologyKey: HOST, labelSelector: { matchLabels: team } })
  const spread = (name: string, counts: readonly number[]): unknown[] =>
    workload({ name, labels: team, on: spreadOn(THREE, counts), spread: [hard(name), shared] })
  const { summary, evictions } = planFor([...zones(THREE), ...spread('web', [5, 1, 0]), ...spread('api', [0, 1, 5])])
  expect(summary).toMatchObject({ lowerBound: 6, reachableBound: 6 })
  expect(evictions).toHaveLength(6)
})
