import { describe, expect, it } from 'vitest'
import { createClusterState, type ClusterReader, type Delta } from '../../src/cluster/cluster-state.ts'
import { namespaceOf, recordKey, type ClusterRecord, type RecordKind } from '../../src/cluster/records.ts'
import { createRecordStore } from '../../src/kubernetes/record-store.ts'
import { plan } from '../../src/planning/plan.ts'
import type { Plan } from '../../src/planning/plan-types.ts'
import { createPlanner } from '../../src/planning/planner.ts'
import { DEFAULT_POLICY } from '../../src/planning/policy.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'
import { drawCluster, numbersFrom, objectsOf } from '../planning/small-clusters.ts'
import { restEachTime } from '../support/rest-each-time.ts'
import { seeds } from '../support/seeds.ts'
import { AT_REST, budget, stateOf } from '../support/spread-world.ts'

const SEEDS = seeds(60)
/** So many times everything is another cluster. */
const STEPS = 5

const KINDS = ['Pod', 'Node', 'Namespace', 'PodDisruptionBudget', 'ReplicaSet', 'Deployment', 'StatefulSet'] as const

function drawState(seed: number, below: (limit: number) => number): ClusterReader {
  const budgets = ['web', 'api'].map(name => budget(name, { maxUnavailable: 1 + below(2) }, { disruptionsAllowed: 1 + below(2) }))
  return stateOf([...objectsOf(drawCluster(seed)), ...budgets])
}

const contents = (state: ClusterReader): readonly (readonly ClusterRecord[])[] =>
  KINDS.map(kind => [...state.all(kind)].sort((one, other) => (recordKey(one) < recordKey(other) ? -1 : 1)))

/** What a plan decides. Bounds and room of a group without moves may be as old as its last change. */
function decided({ evictions, groups }: Plan): unknown {
  const group = ({ id, members, skew, excess, status, reason, planned, skewAfter }: Plan['groups'][number]): readonly unknown[] => [
    id,
    members,
    skew,
    excess,
    status,
    reason,
    planned,
    skewAfter,
  ]
  return { evictions, groups: groups.map(group) }
}

describe.each(SEEDS)('lists that go in record by record, beside events of other kinds (RESPREAD_SEED=%i)', seed => {
  it('lead to what is there, and to the plan of one who looks at it anew', async () => {
    const below = numbersFrom(seed)
    const cluster = createClusterState()
    const model = createSchedulerModel(cluster, DEFAULT_PROFILES)
    const planner = createPlanner({ cluster, model }, DEFAULT_POLICY)
    const tell = (delta: Delta): void => {
      model.advance(delta)
      planner.note(delta)
    }
    const storeOf = (kind: RecordKind) => createRecordStore(kind, cluster, () => undefined, tell, restEachTime)
    const stores = KINDS.map(kind => ({ kind, store: storeOf(kind) }))

    /** One kind becomes what it is in another cluster, by events in any order. */
    const watch = async ({ kind, store }: (typeof stores)[number], next: ClusterReader): Promise<void> => {
      const gone = [...cluster.all(kind)].filter(record => next.get(kind, recordKey(record)) === undefined)
      const events = [
        ...gone.map(record => () => store.remove({ metadata: { name: record.name, namespace: namespaceOf(record) } })),
        ...[...next.all(kind)].map(record => () => store.upsert(record)),
      ]
      while (events.length > 0) {
        await restEachTime()
        events.splice(below(events.length), 1)[0]?.()
      }
    }

    for (let step = 0; step < STEPS; step += 1) {
      const next = drawState(seed * STEPS + step, below)
      // What a plan begins with is made meanwhile, of whatever is there.
      const prepare = async (): Promise<void> => {
        for (const _step of planner.prepare(AT_REST)) await restEachTime()
      }
      await Promise.all([
        ...stores.map(each => (step === 0 || below(2) === 0 ? each.store.replace([...next.all(each.kind)]) : watch(each, next))),
        prepare(),
      ])

      expect(stores.filter(({ store }) => !store.isWhole())).toEqual([])
      expect(contents(cluster)).toEqual(contents(next))
      const anew = { cluster, model: createSchedulerModel(cluster, DEFAULT_PROFILES) }
      expect(decided(planner.plan(AT_REST))).toEqual(decided(plan(anew, DEFAULT_POLICY, AT_REST)))
    }
  })
})
