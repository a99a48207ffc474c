import { describe, expect, it } from 'vitest'
import type { ClusterEvent, ClusterState } from '../../src/cluster/cluster-state.ts'
import { selectorFromLabels } from '../../src/cluster/label-selector.ts'
import { recordKey, type ClusterRecord } from '../../src/cluster/records.ts'
import { DEFAULT_POLICY } from '../../src/planning/policy.ts'
import { selecting } from '../support/builders.ts'
import { budgetRecord } from '../support/records.ts'
import { seeds } from '../support/seeds.ts'
import { hard, rawNode, stateOf, workload, ZONE } from '../support/spread-world.ts'
import { boundClaim } from '../support/volumes.ts'
import { follow } from './followed.ts'
import { numbersFrom } from './small-clusters.ts'

const SEEDS = seeds(80)
const EVENTS = 15
const NODES = ['a0', 'b0', 'b1', 'c0']
const POLICY = { ...DEFAULT_POLICY, constraints: { ...DEFAULT_POLICY.constraints, clusterDefaults: true } }
const CLAIM = { persistentVolumeClaim: { claimName: 'data' } }

/** Pods that get cluster defaults, of selectors derived from Services and owners, pods with constraints of their own, and some that share a claim. */
function drawCluster(below: (limit: number) => number): ClusterState {
  const on = (): readonly (string | undefined)[] =>
    Array.from({ length: 2 + below(12) }, () => NODES[below(below(2) === 0 ? 1 : NODES.length)])
  return stateOf([
    ...NODES.map(name => rawNode({ name, zone: name[0] ?? 'a' })),
    ...workload({ name: 'web', on: on(), labels: { tier: 'front' } }),
    ...workload({ name: 'api', on: on(), labels: { tier: 'back' }, spec: { volumes: [{ name: 'data', ...CLAIM }] } }),
    ...workload({ name: 'db', kind: 'StatefulSet', on: on(), labels: { tier: 'back' } }),
    ...workload({ name: 'own', on: on(), spread: [hard('own')], spec: { volumes: [{ name: 'data', ...CLAIM }] } }),
  ])
}

function service(name: string, selector: Readonly<Record<string, string>> | undefined): ClusterEvent {
  const labels = selector && new Map(Object.entries(selector))
  return { type: 'upsert', record: { kind: 'Service', namespace: 'shop', name, selector: labels } }
}

function drawEvents(cluster: ClusterState, gone: ClusterRecord[], below: (limit: number) => number): readonly ClusterEvent[] {
  if (below(6) === 0) return comeOrGo(cluster, gone, below)
  const event = drawEvent(cluster, gone, below)
  return event === undefined ? [] : [event]
}

/** All pods of one owner go, so that none is left when something around them changes; or they return. */
function comeOrGo(cluster: ClusterState, gone: ClusterRecord[], below: (limit: number) => number): readonly ClusterEvent[] {
  const stood = gone.filter(record => record.kind === 'Pod')
  if (stood.length > 0) {
    gone.splice(0, gone.length, ...gone.filter(record => record.kind !== 'Pod'))
    return stood.map(record => ({ type: 'upsert', record }))
  }
  const app = ['web', 'api', 'db', 'own'][below(4)]
  const pods = [...cluster.pods()].filter(({ labels }) => labels.get('app') === app)
  gone.unshift(...pods)
  return pods.map(pod => ({ type: 'delete', kind: 'Pod', key: recordKey(pod) }))
}

/**
 * Owners go, return as others of their name, select otherwise and are paused; Services, budgets and claims come, change and go; pods move. What
 * selects pods may name the zone, which the pods have from their nodes; so may a pod's constraint.
 */
function drawEvent(cluster: ClusterState, gone: ClusterRecord[], below: (limit: number) => number): ClusterEvent | undefined {
  const owners = [...cluster.all('ReplicaSet'), ...cluster.all('StatefulSet'), ...cluster.all('Deployment')]
  const owner = owners[below(Math.max(1, owners.length))]
  const name = ['one', 'two'][below(2)] ?? 'one'
  switch (below(11)) {
    case 0:
      if (owner === undefined) return undefined
      gone.push(owner)
      return { type: 'delete', kind: owner.kind, key: `shop/${owner.name}` }
    case 1: {
      const record = gone.pop()
      return record && { type: 'upsert', record }
    }
    case 2:
      return owner && { type: 'upsert', record: { ...owner, uid: `${owner.uid}-anew` } }
    case 3:
      return (
        owner && {
          type: 'upsert',
          record: {
            ...owner,
            selector: selectorFromLabels(new Map([[below(3) === 0 ? ZONE : 'tier', ['front', 'back', 'a'][below(3)] ?? '']])),
          },
        }
      )
    case 4:
      return owner && { type: 'upsert', record: { ...owner, annotations: new Map([['respread.io/paused', `${below(2) === 0}`]]) } }
    case 5:
      return service(
        name,
        [{ tier: 'back' }, { tier: 'front' }, { app: 'web' }, {}, undefined, { tier: 'back', [ZONE]: 'a' }, { [ZONE]: 'b' }][below(7)],
      )
    case 6:
      return { type: 'delete', kind: 'Service', key: `shop/${name}` }
    case 7:
      return below(2) === 0
        ? { type: 'upsert', record: claim(below(2) === 0 ? 'fast' : 'slow') }
        : { type: 'delete', kind: 'PersistentVolumeClaim', key: 'shop/data' }
    case 8: {
      const record = budgetRecord({ name, selector: selecting({ [ZONE]: 'a' }), maxUnavailable: { kind: 'int', value: below(2) } })
      return below(2) === 0 ? { type: 'upsert', record } : { type: 'delete', kind: 'PodDisruptionBudget', key: `shop/${name}` }
    }
    case 9: {
      const pod = cluster.pod('shop', 'own-0')
      const [constraint] = pod?.spec.topologySpreadConstraints ?? []
      if (pod === undefined || constraint === undefined) return undefined
      const selector = selecting({ [ZONE]: 'a', ...(below(2) === 0 ? { app: 'own' } : {}) })
      return { type: 'upsert', record: { ...pod, spec: { ...pod.spec, topologySpreadConstraints: [{ ...constraint, selector }] } } }
    }
    default: {
      const pods = [...cluster.pods()]
      const pod = pods[below(pods.length)]
      return pod && { type: 'upsert', record: { ...pod, nodeName: NODES[below(NODES.length)] } }
    }
  }
}

function claim(storageClassName: string): ClusterRecord {
  return {
    kind: 'PersistentVolumeClaim',
    namespace: 'shop',
    name: 'data',
    uid: 'claim-data',
    storageClassName,
    volumeName: '',
    bindCompleted: false,
    selectedNode: undefined,
    phase: 'Pending',
    accessModes: ['ReadWriteMany'],
    selector: undefined,
    requestedBytes: 1,
    volumeMode: 'Filesystem',
    ownerUid: undefined,
    deletedAt: undefined,
    problems: [],
  }
}

describe.each(SEEDS)('a planner that follows owners and what else is around pods (RESPREAD_SEED=%i)', seed => {
  it('plans what one that begins anew plans', () => {
    const below = numbersFrom(seed)
    const cluster = drawCluster(below)
    const gone: ClusterRecord[] = []
    const followed = follow(cluster, POLICY)
    for (let turn = 0; turn < EVENTS; turn += 1) {
      for (let events = 1 + below(2); events > 0; events -= 1) {
        followed.prepare(below(6))
        for (const event of drawEvents(cluster, gone, below)) followed.happen(event)
      }
      expect(followed.plan()).toEqual(followed.planAnew())
    }
  })
})

it('a planner of paused pods whose next ones may have other volumes says so once a volume is tied to a zone, and no longer than that', () => {
  const owner = { apiVersion: 'apps.kruise.io/v1alpha1', kind: 'CloneSet', name: 'web', uid: 'web', controller: true }
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'mine' } }]
  const of = { metadata: { ownerReferences: [owner] } }
  const cluster = stateOf([
    ...['a0', 'b0', 'c0'].map(name => rawNode({ name, zone: name[0] ?? 'a' })),
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', uid: 'shop', annotations: { 'respread.io/paused': 'true' } } },
    ...workload({ name: 'web', on: ['a0', 'a0', 'b0'], spread: [hard('web')], pods: { 0: { ...of, spec: { volumes } }, 1: of, 2: of } }),
    ...boundClaim('mine', 'standard'),
  ])
  const followed = follow(cluster, { ...POLICY, ownerKinds: ['CloneSet'] })
  for (const zone of ['a', undefined]) {
    const record = stateOf(boundClaim('mine', 'standard', zone)).get('PersistentVolume', 'pv-mine')
    followed.happen(record && { type: 'upsert', record })
    const { leftAlone } = followed.plan() as { leftAlone: unknown }
    expect(leftAlone).toHaveLength(3)
    expect(followed.plan()).toEqual(followed.planAnew())
    expect(JSON.stringify(leftAlone).includes('CannotPredict')).toBe(zone === 'a')
  }
})
