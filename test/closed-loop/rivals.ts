import { isFinished, type PodRecord } from '../../src/cluster/pod.ts'
import type { EvictionOutcome } from '../../src/rebalancing/ports.ts'
import { createInProcessEvictor } from '../../src/simulation/ports/in-process-evictor.ts'
import type { Stage } from './scenario.ts'
import { SECOND, type World } from './world.ts'

/** Somebody else who evicts through the API: budgets are asked, and respread knows nothing of it. */
export function createRival({ cluster, clock, random }: World, name: string): (pod: PodRecord) => Promise<EvictionOutcome> {
  const evictor = createInProcessEvictor(cluster.store, clock, random.fork(name), { delay: { min: 5, max: 50 }, lostAnswers: 0 })
  return ({ namespace, name: pod, uid }) => evictor.evict({ namespace, pod, uid, priority: 0 }, new AbortController().signal)
}

/**
 * `kubectl drain`: cordons the node and evicts what is on it, asking again every five seconds where a budget refuses. Whoever uncordons the node
 * has given the drain up.
 */
export function drain({ world, somebody, invariants }: Stage, node: string): void {
  const evict = createRival(world, `drain ${node}`)
  somebody(`${node} is drained`)
  world.cluster.cordon(node)
  world.clock.after(0, function again() {
    const left = Array.from(world.cluster.state.pods()).filter(
      pod => pod.nodeName === node && pod.deletedAt === undefined && !isFinished(pod),
    )
    if (left.length === 0 || world.cluster.state.node(node)?.unschedulable !== true) return
    invariants.disturbed(6 * SECOND)
    for (const pod of left) void evict(pod)
    world.clock.after(5 * SECOND, again)
  })
}

/** Pods of a workload that stand in the zone and serve. */
export function servingIn({ cluster }: World, app: string, zone?: string): readonly PodRecord[] {
  const zoneOf = ({ nodeName = '' }: PodRecord): string | undefined =>
    cluster.state.node(nodeName)?.labels.get('topology.kubernetes.io/zone')
  return [...cluster.state.pods()].filter(
    pod => pod.labels.get('app') === app && pod.ready && pod.deletedAt === undefined && (zone === undefined || zoneOf(pod) === zone),
  )
}
