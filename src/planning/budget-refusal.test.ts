import { describe, expect, it } from 'vitest'
import { budget, groupOf, hard, planFor, spreadOn, stateOf, workload, zones } from '../../test/support/spread-world.ts'
import { evictionAllowance } from '../scheduling/budget-arithmetic.ts'
import { budgetRefusal } from './budget-refusal.ts'

const THREE = { a: 3, b: 3, c: 3 }

describe('a pod under two budgets', () => {
  it('is refused at the last moment in the words with which the plan leaves it alone', () => {
    const objects = [
      ...zones(THREE),
      ...workload({ name: 'web', on: spreadOn(THREE, [6, 6, 0]), spread: [hard('web')] }),
      budget('web', { maxUnavailable: 1 }, {}),
      budget('all', { maxUnavailable: 2, selector: {} }, {}),
    ]
    const [blocker] = groupOf(planFor(objects), 'web').blockers
    const cluster = stateOf(objects)
    const refusals = [...cluster.pods()].map(pod => budgetRefusal(evictionAllowance(cluster, pod)))
    expect(refusals).toHaveLength(12)
    for (const refusal of refusals) expect(blocker).toEqual({ ...refusal, pods: 12 })
    expect(blocker?.message).toBe('2 budgets cover it: all, web')
  })
})
