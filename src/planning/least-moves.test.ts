import { expect, it } from 'vitest'
import { AT_REST, hard, HOST, soft, spreadOn, stateOf, workload, zones } from '../../test/support/spread-world.ts'
import { createSchedulerModel } from '../scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../scheduling/profile.ts'
import { plan } from './plan.ts'
import { DEFAULT_POLICY } from './policy.ts'

const THREE = { a: 3, b: 3, c: 3 }

it('no other ways are looked for once one takes the fewest, be these the sum of what two workloads take that a constraint ties together', () => {
  const team = { team: 'shop' }
  const shared = soft('', { topologyKey: HOST, labelSelector: { matchLabels: team } })
  const spread = (name: string, counts: readonly number[]): unknown[] =>
    workload({ name, labels: team, on: spreadOn(THREE, counts), spread: [hard(name), shared] })
  const cluster = stateOf([...zones(THREE), ...spread('web', [5, 1, 0]), ...spread('api', [0, 1, 5])])
  const model = createSchedulerModel(cluster, DEFAULT_PROFILES)
  let tried = 0
  const counted = {
    ...model,
    predict: (...asked: Parameters<typeof model.predict>) => {
      tried += 1
      return model.predict(...asked)
    },
  }
  expect(plan({ cluster, model: counted }, DEFAULT_POLICY, AT_REST).evictions).toHaveLength(6)
  // Without the sum the search would spend all its effort on it: a thousand.
  expect(tried).toBeLessThan(100)
})
