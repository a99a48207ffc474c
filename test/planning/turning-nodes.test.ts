import { describe, expect, it } from 'vitest'
import type { ClusterEvent, ClusterState } from '../../src/cluster/cluster-state.ts'
import type { NodeRecord } from '../../src/cluster/node.ts'
import type { Taint } from '../../src/cluster/node-selector.ts'
import { recordKey } from '../../src/cluster/records.ts'
import { seeds } from '../support/seeds.ts'
import { AT_REST, HOST, rawNode, stateOf, workload, ZONE } from '../support/spread-world.ts'
import { follow } from './followed.ts'
import { numbersFrom } from './small-clusters.ts'

const SEEDS = seeds(100)
const EVENTS = 15
const NODES = ['a0', 'a1', 'b0', 'b1', 'c0', 'd0']
const CORDON: Taint = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' }
const OWN: Taint = { key: 'dedicated', value: 'batch', effect: 'NoSchedule' }

/** Constraints that read of a node whatever a constraint can read. */
const WAYS = [
  [{ topologyKey: ZONE }],
  [{ topologyKey: ZONE, nodeTaintsPolicy: 'Honor' }],
  [{ topologyKey: ZONE, whenUnsatisfiable: 'ScheduleAnyway' }],
  [{ topologyKey: HOST, whenUnsatisfiable: 'ScheduleAnyway' }],
  [{ topologyKey: HOST, nodeTaintsPolicy: 'Honor', minDomains: 4 }],
  [
    { topologyKey: ZONE, minDomains: 3, maxSkew: 2 },
    { topologyKey: HOST, whenUnsatisfiable: 'ScheduleAnyway' },
  ],
] as const

function drawCluster(below: (limit: number) => number): ClusterState {
  const names = ['web', 'api', 'db']
  return stateOf([
    ...NODES.slice(0, 5).map(name => rawNode({ name, zone: name[0] ?? 'a', pods: below(4) === 0 ? 3 : 110 })),
    ...names.flatMap(name =>
      workload({
        name,
        on: Array.from({ length: 1 + below(6) }, () => NODES[below(NODES.length)]),
        spread: (WAYS[below(WAYS.length)] ?? WAYS[0]).map(way => ({
          maxSkew: 1,
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { app: name } },
          ...way,
        })),
        ...(below(3) === 0 ? { spec: { tolerations: [{ key: 'dedicated', operator: 'Exists' }] } } : {}),
      }),
    ),
  ])
}

/** A node comes, goes with its pods left behind, returns, changes its zone, is cordoned or tainted in either order, or is about to go. */
function drawEvent(cluster: ClusterState, gone: Map<string, NodeRecord>, below: (limit: number) => number): ClusterEvent | undefined {
  const name = NODES[below(NODES.length)] ?? 'a0'
  const node = cluster.node(name)
  if (node === undefined) {
    const [known] = gone.size > 0 ? gone.values() : cluster.nodes()
    if (known === undefined) return undefined
    const labels = new Map([...known.labels, [HOST, name]])
    return { type: 'upsert', record: gone.get(name) ?? { ...known, name, uid: name, labels } }
  }
  const relabelled = (zone: string | undefined): ClusterEvent => {
    const labels = new Map(node.labels)
    if (zone === undefined) labels.delete(ZONE)
    else labels.set(ZONE, zone)
    return { type: 'upsert', record: { ...node, labels } }
  }
  const turned = (taint: Taint): readonly Taint[] =>
    node.taints.some(({ key }) => key === taint.key) ? node.taints.filter(({ key }) => key !== taint.key) : [...node.taints, taint]
  switch (below(8)) {
    case 0:
      gone.set(name, node)
      return { type: 'delete', kind: 'Node', key: name }
    case 1:
      return relabelled(['a', 'b', 'c', 'd', undefined][below(5)])
    case 2:
    case 3:
      return { type: 'upsert', record: { ...node, unschedulable: !node.unschedulable } }
    case 4:
    case 5:
      return { type: 'upsert', record: { ...node, taints: turned(CORDON) } }
    case 6:
      return { type: 'upsert', record: { ...node, taints: turned(OWN) } }
    default:
      return { type: 'upsert', record: { ...node, deletedAt: node.deletedAt === undefined ? AT_REST.now : undefined } }
  }
}

/** A pod's status changes, or it terminates, goes or is made anew somewhere, be it on a node that is gone or has not come yet. */
function drawPodEvent(cluster: ClusterState, below: (limit: number) => number): ClusterEvent | undefined {
  const pods = [...cluster.pods()]
  const pod = pods[below(Math.max(1, pods.length))]
  if (pod === undefined) return undefined
  switch (below(4)) {
    case 0:
      return { type: 'upsert', record: { ...pod, ready: !pod.ready } }
    case 1:
      return { type: 'upsert', record: { ...pod, deletedAt: AT_REST.now } }
    case 2:
      return { type: 'delete', kind: 'Pod', key: recordKey(pod) }
    default:
      return { type: 'upsert', record: { ...pod, uid: `${pod.uid}+`, nodeName: NODES[below(NODES.length)], deletedAt: undefined } }
  }
}

describe.each(SEEDS)('a planner that follows nodes (RESPREAD_SEED=%i)', seed => {
  it('plans what one that begins anew plans, whatever has become of the nodes', () => {
    const below = numbersFrom(seed)
    const cluster = drawCluster(below)
    const gone = new Map<string, NodeRecord>()
    const followed = follow(cluster)
    for (let turn = 0; turn < EVENTS; turn += 1) {
      // Several can happen before anybody looks, or in the middle of it.
      for (let events = 1 + below(3); events > 0; events -= 1) {
        followed.prepare(below(6))
        followed.happen(below(4) === 0 ? drawPodEvent(cluster, below) : drawEvent(cluster, gone, below))
      }
      expect(followed.plan()).toEqual(followed.planAnew())
    }
  })
})
