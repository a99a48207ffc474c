import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { ClusterRecord } from '../../src/cluster/records.ts'
import type { Taint } from '../../src/cluster/node-selector.ts'
import { createPlanner } from '../../src/planning/planner.ts'
import type { Plan } from '../../src/planning/plan-types.ts'
import { DEFAULT_POLICY } from '../../src/planning/policy.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'
import { collectGarbage } from '../support/collect-garbage.ts'
import { AT_REST, hard, rawNode, stateOf, workload } from '../support/spread-world.ts'

const APPS = Array.from({ length: 12 }, (_, index) => `app-${index}`)
const TURNS = 48
const MAINTENANCE: Taint = { key: 'maintenance', value: '', effect: 'NoSchedule' }

/** In each turn another node is tainted, another group loses its spread and is planned for, and somebody looks at yet another. */
it('nothing keeps alive how nodes were told apart before, whenever it was last needed', async () => {
  const cluster = stateOf([
    ...['a0', 'a1', 'b0', 'b1', 'c0', 'c1'].map(name => rawNode({ name, zone: name[0] ?? 'a' })),
    ...APPS.flatMap((name, index) => workload({ name, on: ['a0', 'b0', 'c0'], cpu: `${100 + index}m`, spread: [hard(name)] })),
    ...workload({ name: 'probe', on: ['a0', 'b0', 'c0'], spread: [hard('probe')] }),
  ])
  const model = createSchedulerModel(cluster, DEFAULT_PROFILES)
  const planner = createPlanner({ cluster, model }, DEFAULT_POLICY)
  const happen = (record: ClusterRecord | undefined): void => {
    const delta = record && cluster.apply({ type: 'upsert', record })
    if (delta === undefined) throw new Error('nothing happened')
    model.advance(delta)
    planner.note(delta)
  }
  const move = (app: string | undefined, nodeName: string): void => {
    const pod = cluster.pod('shop', `${app}-2`)
    happen(pod && { ...pod, uid: `${pod.uid}-`, nodeName })
  }
  const domainsSeen: WeakRef<object>[] = []
  let latest: Plan | undefined
  for (let turn = 0; turn < TURNS; turn += 1) {
    const node = cluster.node(['a1', 'b1', 'c1'][turn % 3] ?? '')
    happen(node && { ...node, taints: node.taints.length > 0 ? [] : [MAINTENANCE] })
    move(APPS[turn % APPS.length], 'a0')
    latest = planner.plan(AT_REST)
    expect(latest.evictions).toHaveLength(1)
    move(APPS[turn % APPS.length], 'c0')
    const group = latest.groups[(turn * 5) % latest.groups.length]
    expect(group).toMatchObject({ domains: [{ name: 'a' }, { name: 'b' }, { name: 'c' }], risk: { readyPods: 3 } })
    const probe = cluster.pod('shop', 'probe-0')
    const [constraint] = probe === undefined ? [] : model.constraintsOf(probe)
    if (probe !== undefined && constraint !== undefined) domainsSeen.push(new WeakRef(model.spreadOf(probe, constraint).over))
  }
  // What a weak reference was made of in this turn of the event loop lives to its end.
  await turnOfTheLoop()
  collectGarbage()
  expect(latest?.groups).toHaveLength(APPS.length + 1)
  expect(new Set(domainsSeen).size).toBe(TURNS)
  expect(domainsSeen.filter(each => each.deref() !== undefined).length).toBeLessThanOrEqual(1)
})
