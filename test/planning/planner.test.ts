import { describe, expect, it } from 'vitest'
import type { ClusterEvent, ClusterState } from '../../src/cluster/cluster-state.ts'
import type { PodRecord } from '../../src/cluster/pod.ts'
import { recordKey } from '../../src/cluster/records.ts'
import { createPlanner } from '../../src/planning/planner.ts'
import { plan } from '../../src/planning/plan.ts'
import type { Plan } from '../../src/planning/plan-types.ts'
import { DEFAULT_POLICY } from '../../src/planning/policy.ts'
import type { InFlight, Situation } from '../../src/planning/situation.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'
import { seeds } from '../support/seeds.ts'
import { AT_REST, budget, hard, HOST, spreadOn, stateOf, workload, zones } from '../support/spread-world.ts'
import { follow } from './followed.ts'
import { drawCluster, numbersFrom, objectsOf } from './small-clusters.ts'

const SEEDS = seeds(150)
const EVENTS = 12

/** Something that happens to some object: pods come, go, end and move, nodes fail, are cordoned and go, workloads roll out, budgets change. */
function drawEvent(cluster: ClusterState, below: (limit: number) => number, turn: number): ClusterEvent | undefined {
  const pick = <T>(things: Iterable<T>): T | undefined => {
    const all = [...things]
    return all[below(Math.max(1, all.length))]
  }
  const pod = pick(cluster.pods())
  const node = pick(cluster.nodes())
  const workload = pick(cluster.all('Deployment'))
  const found = pick(cluster.all('PodDisruptionBudget'))
  const namespace = pick(cluster.all('Namespace'))
  const changed = (fields: Partial<PodRecord>): ClusterEvent | undefined => pod && { type: 'upsert', record: { ...pod, ...fields } }
  switch (below(12)) {
    case 0:
      return pod && { type: 'delete', kind: 'Pod', key: recordKey(pod) }
    case 1:
      return changed({ deletedAt: AT_REST.now })
    case 2:
      return changed({ nodeName: node?.name })
    case 3:
      return changed({ name: `${pod?.name}-${turn}`, uid: `${pod?.uid}-${turn}`, nodeName: node?.name, deletedAt: undefined })
    case 4:
      return changed({
        name: `${pod?.name}-${turn}`,
        uid: `${pod?.uid}-${turn}`,
        nodeName: undefined,
        phase: 'Pending',
        deletedAt: undefined,
      })
    case 5:
      return changed({ ready: pod?.ready !== true, annotations: new Map([['respread.io/evict', below(2) === 0 ? 'false' : 'true']]) })
    case 6:
      return node && { type: 'upsert', record: { ...node, unschedulable: !node.unschedulable } }
    case 7:
      return node && { type: 'upsert', record: { ...node, ready: node.ready === 'True' ? 'False' : 'True' } }
    case 8:
      return (
        node &&
        (below(3) === 0 ? { type: 'delete', kind: 'Node', key: node.name } : { type: 'upsert', record: { ...node, podSlots: below(6) } })
      )
    case 9:
      return workload && { type: 'upsert', record: { ...workload, generation: workload.generation + below(2), paused: below(2) === 0 } }
    case 10:
      return found && { type: 'upsert', record: { ...found, maxUnavailable: { kind: 'int', value: below(2) } } }
    default:
      return (
        namespace && {
          type: 'upsert',
          record: { ...namespace, annotations: new Map([['respread.io/paused', below(2) === 0 ? 'true' : 'false']]) },
        }
      )
  }
}

/** A workload rests now and then, because it was moved or because one of its pods was refused, which then rests longer. */
function drawSituation({ refused }: Situation, cluster: ClusterState, below: (limit: number) => number): Situation {
  const holdFor = (reason: 'CoolingDown' | 'RefusedByWebhook') => ({ ...WEB, reason, until: undefined, message: '' })
  switch (below(6)) {
    case 0:
      return { ...AT_REST, workloadHolds: [holdFor('CoolingDown')], refused }
    case 1: {
      const of = [...cluster.podsIn('shop')].filter(({ name }) => name.startsWith('web-'))
      const uid = of[below(Math.max(1, of.length))]?.uid
      if (uid === undefined) return { ...AT_REST, refused }
      return { ...AT_REST, workloadHolds: [holdFor('RefusedByWebhook')], refused: [{ uid, reason: 'RefusedByWebhook', message: '' }] }
    }
    case 2:
      return AT_REST
    default:
      return { ...AT_REST, refused }
  }
}

const WEB = { namespace: 'shop', kind: 'Deployment', name: 'web' }

describe.each(SEEDS)('a planner that follows a cluster (RESPREAD_SEED=%i)', seed => {
  it('plans what one that begins anew plans, after every event', () => {
    const below = numbersFrom(seed)
    const budgets = ['web', 'api'].map(name => budget(name, { maxUnavailable: 1 }, { disruptionsAllowed: 1 }))
    const cluster = stateOf([...objectsOf(drawCluster(seed)), ...budgets])
    const followed = follow(cluster)
    let situation = AT_REST
    for (let turn = 0; turn < EVENTS; turn += 1) {
      // It may have begun with what the next plan needs when the next event comes.
      followed.prepare(below(12), situation)
      followed.happen(drawEvent(cluster, below, turn))
      situation = drawSituation(situation, cluster, below)
      expect(followed.plan(situation)).toEqual(followed.planAnew(situation))
    }
  })
})

it('told that so many evictions are enough, it begins as without, and says what it has not come to', () => {
  for (const seed of SEEDS) {
    const cluster = stateOf(objectsOf(drawCluster(seed)))
    const world = { cluster, model: createSchedulerModel(cluster, DEFAULT_PROFILES) }
    const whole = plan(world, DEFAULT_POLICY, AT_REST)
    const part = createPlanner(world, DEFAULT_POLICY).plan(AT_REST, 1)
    const uids = ({ evictions }: Plan): readonly string[] => evictions.map(({ uid }) => uid)
    expect(uids(whole)).toEqual(expect.arrayContaining([...uids(part)]))
    const isLater = part.groups.some(({ reason }) => reason === 'NotYetPlanned')
    expect(part.isWhole).toBe(!isLater)
    expect(whole.isWhole).toBe(true)
    expect(whole.groups.some(({ reason }) => reason === 'NotYetPlanned')).toBe(false)
  }
})

it('a group of a thousand pods and more is planned as far as is enough, and further the next time', () => {
  const sizes = { a: 10, b: 10, c: 10 }
  const on = spreadOn(sizes, [600, 600, 0])
  const cluster = stateOf([...zones(sizes, { cpu: '64', pods: 200 }), ...workload({ name: 'web', on, cpu: '10m', spread: [hard('web')] })])
  const world = { cluster, model: createSchedulerModel(cluster, DEFAULT_PROFILES) }
  const planner = createPlanner(world, DEFAULT_POLICY)
  const [part, whole] = [planner.plan(AT_REST, 5), planner.plan(AT_REST)]

  expect([part.evictions.length, part.isWhole]).toEqual([5, false])
  expect([whole.evictions.length, whole.isWhole]).toEqual([400, true])
  expect(part.evictions.map(({ uid }) => uid)).toEqual(whole.evictions.slice(0, 5).map(({ uid }) => uid))
  expect(part.groups).toEqual([
    expect.objectContaining({
      reason: 'MovesPlanned',
      excessAfter: expect.any(Number),
      message: expect.stringContaining('5 evictions bring'),
    }),
  ])
})

describe('what is said of pods that no plan would move', () => {
  const on = Array.from({ length: 5 }, () => 'a0')
  const flight: InFlight = {
    namespace: 'shop',
    pod: 'web-0',
    uid: 'pod-shop-web-0',
    node: 'a0',
    controllerUid: 'ReplicaSet-shop-web-1',
    workload: { kind: 'Deployment', name: 'web' },
    evictedAt: AT_REST.now - 1_000,
    budgets: [],
    budgetShows: false,
    replacementUid: undefined,
  }

  it('is as old as they are: a young pod of a group that is not acted on is so no longer a minute later', () => {
    const young = { metadata: { creationTimestamp: new Date(AT_REST.now - 20_000).toISOString() } }
    const followed = follow(stateOf([...zones({ a: 2 }), ...workload({ name: 'web', on, pods: { 0: young } })]))
    for (const seconds of [0, 10, 60]) {
      const later: Situation = { ...AT_REST, now: AT_REST.now + seconds * 1_000 }
      expect(followed.plan(later)).toEqual(followed.planAnew(later))
    }
  })

  it('is whether they are evicted already, be it that their own constraint does not count them', () => {
    const counted = workload({ name: 'db', on })
    const followed = follow(stateOf([...zones({ a: 1, b: 1 }), ...counted, ...workload({ name: 'web', on, spread: [hard('db')] })]))
    for (const inFlight of [[flight], []]) {
      const situation: Situation = { ...AT_REST, inFlight }
      expect(followed.plan(situation)).toEqual(followed.planAnew(situation))
    }
  })
})

it('follows a hard constraint that pods carry which wait, from the first of them to the last', () => {
  const front = { labels: { tier: 'front' } }
  const ofAll = hard('shop', { labelSelector: { matchLabels: { tier: 'front' } } })
  const waiting = stateOf(workload({ name: 'shop', on: [undefined, undefined], spread: [ofAll], cpu: '12', ...front }))
  const [first, second] = ['shop-0', 'shop-1'].map(name => waiting.pod('shop', name)!) as [PodRecord, PodRecord]
  const cluster = stateOf([
    ...zones({ a: 2, b: 2, c: 2 }),
    ...workload({ name: 'shop', on: [], spread: [ofAll], ...front }),
    ...workload({ name: 'blog', on: ['b0', 'b0', 'b1', 'c0', 'c0', 'c1'], ...front }),
    ...workload({ name: 'wiki', on: ['a0', 'a0', 'a1'], spread: [hard('wiki', { whenUnsatisfiable: 'ScheduleAnyway' })], ...front }),
  ])
  const node = cluster.node('a0')!
  const events: readonly (readonly [what: string, event: ClusterEvent, evictions: number])[] = [
    ['one comes', { type: 'upsert', record: second }, 0],
    ['another comes', { type: 'upsert', record: first }, 0],
    ['one that they count goes', { type: 'delete', kind: 'Pod', key: 'shop/blog-0' }, 0],
    ['one goes elsewhere', { type: 'delete', kind: 'Pod', key: 'shop/blog-3' }, 1],
    ['a node goes', { type: 'delete', kind: 'Node', key: 'a1' }, 0],
    ['it is back', { type: 'upsert', record: { ...node, name: 'a1', uid: 'a1', labels: new Map([...node.labels, [HOST, 'a1']]) } }, 1],
    ['one is bound', { type: 'upsert', record: { ...first, nodeName: 'a0', phase: 'Running', ready: true } }, 2],
    ['it goes', { type: 'delete', kind: 'Pod', key: recordKey(first) }, 1],
    ['the other goes', { type: 'delete', kind: 'Pod', key: recordKey(second) }, 2],
  ]
  const followed = follow(cluster)
  for (const [what, event, evictions] of events) {
    followed.happen(event)
    const plan = followed.plan() as Plan
    expect(plan).toEqual(followed.planAnew())
    expect([what, plan.evictions.length]).toEqual([what, evictions])
  }
})
