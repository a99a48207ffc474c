import { expect, it } from 'vitest'
import { groupOf, HOST, planFor, rawNode, soft, workload } from '../../test/support/spread-world.ts'

it('ways that have moved pods of other workloads lead elsewhere, though the counts be the same', () => {
  // Once api's pod has left a1, any other would rather go there than to b0. If web's pod goes first, all of api's are still there to follow.
  const own = (app: string): Record<string, unknown> => soft(app, { topologyKey: HOST, maxSkew: 2 })
  const shared = soft('', { labelSelector: { matchLabels: { team: 'shop' } } })
  const team = { team: 'shop' }
  const stays = { metadata: { annotations: { 'respread.io/evict': 'false' } } }
  const plan = planFor([
    ...['a0', 'a1'].map(name => rawNode({ name, zone: 'a' })),
    rawNode({ name: 'b0', zone: 'b' }),
    ...workload({ name: 'web', labels: team, on: ['a0', 'b0', 'a0'], spread: [own('web'), shared], pods: { 2: stays } }),
    ...workload({ name: 'api', labels: team, on: ['a1', 'a0', 'a0'], spread: [own('api'), shared] }),
  ])
  expect(groupOf(plan, 'api')).toMatchObject({ excess: 3, excessAfter: 0 })
  expect(plan.evictions).toHaveLength(2)
})
