import type { Policy } from '../../src/planning/policy.ts'
import { budget, hard, HOST, rawNode, soft, spreadOn, workload, ZONE, zones } from '../support/spread-world.ts'
import { withZonalVolumes } from '../support/volumes.ts'

/** A small cluster whose plan is on record, to be read by people. */
export interface RecordedCluster {
  /** What happened to it, in one sentence. */
  readonly story: string
  readonly objects: readonly unknown[]
  readonly policy?: Partial<Policy>
  /** Workloads of namespace shop that are explained besides, as KIND/NAME. */
  readonly explain: readonly string[]
}

const THREE = { a: 3, b: 3, c: 3 }
const CAPACITY = 'karpenter.sh/capacity-type'
const OPTED_OUT = { 'respread.io/evict': 'false' }

const on = (counts: readonly number[]): readonly string[] => spreadOn(THREE, counts)
const cordoned = (zone: string): readonly unknown[] => [0, 1, 2].map(index => rawNode({ name: `${zone}${index}`, zone, cordoned: true }))

export const RECORDED: Readonly<Record<string, RecordedCluster>> = {
  'zone-outage-recovered': {
    story: 'Zone c is back after an outage; its pods stand in a and b.',
    objects: [
      ...zones(THREE),
      ...workload({ name: 'web', on: on([6, 6, 0]), spread: [soft('web')] }),
      budget('web', { maxUnavailable: '25%' }, { disruptionsAllowed: 3, currentHealthy: 12, desiredHealthy: 9, expectedPods: 12 }),
      ...workload({ name: 'checkout', on: on([3, 3, 0]), spread: [hard('checkout', { nodeTaintsPolicy: 'Honor' })] }),
      ...workload({ name: 'cart', on: on([4, 3, 0]), spread: [soft('cart'), soft('cart', { topologyKey: HOST })] }),
      ...workload({ name: 'search', on: on([2, 2, 2]), spread: [hard('search')] }),
      ...workload({ name: 'ledger', on: on([2, 1, 0]), spread: [soft('ledger')], annotations: OPTED_OUT }),
    ],
    explain: ['Deployment/web', 'Deployment/cart', 'Deployment/ledger'],
  },
  'nested-keys': {
    story: 'Hosts lie in zones. What mends the zones may not be made good by breaking the hosts, and the other way round.',
    objects: [
      ...zones({ a: 2, b: 2, c: 2 }),
      ...workload({ name: 'web', on: ['a0', 'a0', 'a1', 'a1', 'b0', 'b1'], spread: [hard('web'), soft('web', { topologyKey: HOST })] }),
      ...workload({ name: 'api', on: ['a0', 'a0', 'b0', 'b0', 'c0', 'c0'], spread: [hard('api'), hard('api', { topologyKey: HOST })] }),
      // Zone c holds as many as the others, and its two hosts cannot: only one of the two constraints can be met.
      ...workload({
        name: 'stuck',
        on: ['a0', 'a1', 'b0', 'b1', 'c0', 'c0'],
        spread: [hard('stuck'), soft('stuck', { topologyKey: HOST })],
      }),
    ],
    explain: ['Deployment/web'],
  },
  'crossing-keys': {
    story: 'Each zone has spot and on-demand nodes; the workloads spread over both keys.',
    objects: [
      ...['a', 'b', 'c'].flatMap(zone => [
        rawNode({ name: `${zone}0`, zone, labels: { [CAPACITY]: 'spot' } }),
        rawNode({ name: `${zone}1`, zone, labels: { [CAPACITY]: 'on-demand' } }),
      ]),
      ...workload({ name: 'web', on: ['a0', 'a0', 'a0', 'b0', 'b0', 'b0'], spread: [hard('web'), hard('web', { topologyKey: CAPACITY })] }),
      ...workload({ name: 'api', on: ['a0', 'a0', 'b0', 'c0'], spread: [soft('api'), soft('api', { topologyKey: CAPACITY })] }),
    ],
    explain: ['Deployment/web'],
  },
  'pinned-volumes': {
    story: 'Each pod of the database has a volume in the zone where it runs: it cannot leave the zone, but its host.',
    objects: [
      ...zones({ a: 3, b: 3, c: 3 }),
      ...withZonalVolumes(['a0', 'a0', 'a0', 'b0'], [hard('db'), hard('db', { topologyKey: HOST })]),
      ...workload({ name: 'web', on: on([2, 1, 0]), spread: [hard('web')] }),
    ],
    explain: ['StatefulSet/db'],
  },
  'no-room': {
    story:
      'Zone c came back with one small node, and d with one that is full: two workloads want the last room, and a third asks for too much.',
    objects: [
      ...zones({ a: 3, b: 3 }, { cpu: '16' }),
      rawNode({ name: 'c0', zone: 'c', cpu: '3500m', memory: '8Gi' }),
      rawNode({ name: 'd0', zone: 'd', cpu: '1', memory: '8Gi' }),
      ...workload({ name: 'filler', on: ['d0'], cpu: '900m' }),
      ...workload({ name: 'web', on: spreadOn({ a: 3, b: 3 }, [4, 4]), spread: [hard('web')], cpu: '1' }),
      ...workload({ name: 'api', on: spreadOn({ a: 3, b: 3 }, [4, 4]), spread: [hard('api')], cpu: '1' }),
      ...workload({ name: 'model', on: spreadOn({ a: 3, b: 3 }, [2, 2]), spread: [soft('model')], cpu: '4' }),
    ],
    explain: ['Deployment/web', 'Deployment/model'],
  },
  'shared-selectors': {
    story: 'Selectors that reach the pods of others, miss their own, or select everything.',
    objects: [
      ...zones(THREE),
      ...workload({ name: 'web', labels: { tier: 'front' }, on: on([2, 2, 2]), spread: [hard('web')] }),
      ...workload({ name: 'report', labels: { app: 'web' }, on: on([3, 0, 0]) }),
      ...workload({ name: 'typo', on: on([3, 0, 0]), spread: [hard('tpyo')] }),
      ...workload({ name: 'empty', on: on([3, 0, 0]), spread: [hard('empty', { labelSelector: {} })] }),
      ...workload({ name: 'rack', on: on([3, 0, 0]), spread: [hard('rack', { topologyKey: 'rack' })] }),
    ],
    explain: ['Deployment/web', 'Deployment/typo'],
  },
  canary: {
    story: 'A canary and its stable sister share labels and a constraint; the canary of the second pair is being rolled out.',
    objects: [
      ...zones(THREE),
      ...workload({ name: 'stable', labels: { app: 'web' }, on: on([4, 2, 0]), spread: [hard('web')] }),
      ...workload({ name: 'canary', labels: { app: 'web' }, on: on([1, 1, 0]), spread: [hard('web')] }),
      ...workload({ name: 'api', labels: { app: 'api' }, on: on([3, 0, 0]), spread: [soft('api')] }),
      ...workload({
        name: 'api-next',
        labels: { app: 'api' },
        on: on([2, 0, 0]),
        spread: [soft('api')],
        workload: { status: { updatedReplicas: 1 } },
      }),
    ],
    explain: ['Deployment/canary', 'Deployment/api'],
  },
  budgets: {
    story: 'Budgets: one allows one at a time, one allows none now, one never, one spares what is not Ready, and two cover the same pods.',
    objects: [
      ...zones(THREE),
      ...workload({ name: 'slow', on: on([3, 3, 0]), spread: [soft('slow')] }),
      budget('slow', { maxUnavailable: 1 }, { disruptionsAllowed: 1, currentHealthy: 6, desiredHealthy: 5, expectedPods: 6 }),
      ...workload({ name: 'spent', on: on([3, 3, 0]), spread: [soft('spent')] }),
      budget('spent', { maxUnavailable: 1 }, { disruptionsAllowed: 0, currentHealthy: 5, desiredHealthy: 5, expectedPods: 6 }),
      ...workload({ name: 'frozen', on: on([2, 2, 0]), spread: [soft('frozen')] }),
      budget('frozen', { minAvailable: '100%' }, { disruptionsAllowed: 0, currentHealthy: 4, desiredHealthy: 4, expectedPods: 4 }),
      ...workload({ name: 'ill', on: on([3, 3, 0]), spread: [soft('ill')], pods: { 0: { ready: false }, 3: { ready: false } } }),
      budget(
        'ill',
        { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
        { disruptionsAllowed: 0, currentHealthy: 4, desiredHealthy: 5, expectedPods: 6 },
      ),
      ...workload({ name: 'twice', on: on([2, 2, 0]), spread: [soft('twice')] }),
      budget('twice', { maxUnavailable: 1 }, {}),
      { ...budget('twice', { maxUnavailable: 1 }, {}), metadata: { namespace: 'shop', name: 'twice-too', uid: 'twice-too' } },
    ],
    explain: ['Deployment/spent'],
  },
  'cordoned-zone': {
    story: 'Zone c is cordoned and being drained, as a zonal shift does it.',
    objects: [
      ...zones({ a: 3, b: 3 }),
      ...cordoned('c'),
      ...workload({ name: 'drained', on: on([3, 3, 0]), spread: [hard('drained')] }),
      ...workload({ name: 'halted', on: [...on([2, 2, 1]), undefined], spread: [hard('halted')] }),
      ...workload({ name: 'honors', on: on([3, 3, 0]), spread: [hard('honors', { nodeTaintsPolicy: 'Honor' })] }),
      ...workload({ name: 'capped', on: on([2, 2, 0]), spread: [hard('capped', { nodeTaintsPolicy: 'Honor', minDomains: 3 })] }),
      ...workload({ name: 'soft', on: on([3, 3, 0]), spread: [soft('soft')] }),
    ],
    explain: ['Deployment/drained', 'Deployment/halted'],
  },
  'zone-without-nodes': {
    story: 'The day after: an autoscaler has deleted the nodes of zone c, so that nothing is skewed and everything is in two zones.',
    objects: [
      ...zones({ a: 3, b: 3 }),
      ...withZonalVolumes(['a0', 'b0'], [hard('db')]),
      ...workload({ name: 'web', on: on([6, 6, 0]), spread: [soft('web')] }),
    ],
    policy: { expectedDomains: new Map([[ZONE, ['a', 'b', 'c']]]) },
    explain: ['Deployment/web'],
  },
  'left-alone': {
    story: 'Everything is bunched up in zones a and b, and next to nothing of it may be moved, each for its own reason.',
    objects: [
      ...zones(THREE),
      ...workload({ name: 'rolling', on: on([3, 3, 0]), spread: [soft('rolling')], workload: { status: { updatedReplicas: 4 } } }),
      ...workload({
        name: 'manual',
        kind: 'StatefulSet',
        on: on([2, 2, 0]),
        spread: [hard('manual')],
        workload: { spec: { updateStrategy: { type: 'OnDelete' } } },
      }),
      ...workload({
        name: 'young',
        on: on([2, 2, 0]),
        spread: [hard('young')],
        pods: Object.fromEntries([0, 1, 2, 3].map(index => [index, { metadata: { creationTimestamp: '2026-01-01T11:59:30Z' } }])),
      }),
      ...workload({ name: 'single', on: on([2, 0, 0]), replicas: 1, spread: [soft('single')] }),
      ...workload({ name: 'scratch', on: on([2, 2, 0]), spread: [soft('scratch')], spec: { volumes: [{ name: 'tmp', emptyDir: {} }] } }),
      ...workload({ name: 'mixed', on: on([3, 3, 0]), spread: [soft('mixed')], pods: mixedPods() }),
      ...workload({ name: 'stranger', on: on([2, 2, 0]), spread: [hard('stranger')], spec: { schedulerName: 'volcano' } }),
      ...workload({ name: 'paused', on: on([2, 2, 0]), spread: [hard('paused')], annotations: { 'respread.io/paused': 'true' } }),
    ],
    explain: ['Deployment/mixed'],
  },
  'many-hosts': {
    story: 'One pod a host is asked for on twenty hosts; a drain has left five of them with two and five with none.',
    objects: [
      ...zones({ a: 10, b: 10 }),
      ...workload({
        name: 'proxy',
        on: [...spreadOn({ a: 10 }, [10]), ...spreadOn({ a: 5 }, [5]), ...spreadOn({ b: 5 }, [5])],
        spread: [hard('proxy', { topologyKey: HOST })],
      }),
    ],
    explain: ['Deployment/proxy'],
  },
}

/** Three opt out, one is younger than a minute, one is critical, and one is free to go. */
function mixedPods(): NonNullable<Parameters<typeof workload>[0]['pods']> {
  return {
    0: { metadata: { annotations: OPTED_OUT } },
    1: { metadata: { creationTimestamp: '2026-01-01T11:59:30Z' } },
    3: { metadata: { annotations: OPTED_OUT } },
    4: { spec: { priority: 2_000_000_000 } },
    5: { metadata: { annotations: OPTED_OUT } },
  }
}
