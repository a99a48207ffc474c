import { timestamp } from '../../cluster/timestamp.ts'
import { ZONE_LABEL } from '../../cluster/topology-labels.ts'
import { findCondition, withCondition } from '../conditions.ts'
import { runController, type ControllerContext } from './controller.ts'
import type { Kubelets } from '../kubelet.ts'
import { stateTaints } from './node-taints.ts'
import { withReadyFalse } from '../pod-status.ts'
import type { NodeObject } from '../wire-objects.ts'
import { mayEvictFrom, zoneState, type ZoneState } from './zone-disruption.ts'

/** The conditions that a silent kubelet leaves unknown. */
const KUBELET_CONDITIONS = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const

/**
 * Notices silent nodes, and says by taints what state a node is in (pkg/controller/nodelifecycle). NoSchedule follows the state at once;
 * NoExecute comes zone by zone, one node in `nodeEvictionInterval`, and not where too much has failed.
 */
export function nodeLifecycleController(context: ControllerContext, kubelets: Pick<Kubelets, 'lastHeartbeat'>): () => void {
  const { clock, objects, timings } = context
  /** Zone -> when the next of its nodes may be tainted NoExecute, in monotonic time. */
  const nextEviction = new Map<string, number>()

  const markSilent = (node: NodeObject): void => {
    if (readyOf(node) === 'Unknown' || clock.now() - kubelets.lastHeartbeat(node.metadata.name) < timings.nodeMonitorGracePeriod) return
    const wasReady = readyOf(node) === 'True'
    objects.update('nodes', node.metadata, current => {
      let conditions = current.status?.conditions ?? []
      for (const type of KUBELET_CONDITIONS) {
        if (type !== 'Ready' && findCondition(conditions, type) === undefined) continue
        const message = 'Kubelet stopped posting node status.'
        conditions = withCondition(conditions, { type, status: 'Unknown', reason: 'NodeStatusUnknown', message }, clock.now())
      }
      return { ...current, status: { ...current.status, conditions } }
    })
    if (wasReady) markPodsNotReady(node.metadata.name)
  }

  const markPodsNotReady = (nodeName: string): void => {
    for (const pod of objects.list('pods')) {
      if (pod.spec?.nodeName === nodeName && findCondition(pod.status?.conditions, 'Ready')?.status === 'True') {
        objects.update('pods', pod.metadata, current => withReadyFalse(current, clock.now()))
      }
    }
  }

  /** Whether the node is to be tainted NoExecute: it is already, or its turn has come. */
  const takesTurn = (node: NodeObject): boolean => {
    if (node.spec?.taints?.some(taint => taint.effect === 'NoExecute' && taint.key.startsWith('node.kubernetes.io/')) ?? false) return true
    const zone = zoneOf(node)
    const states = zoneStates(objects.list('nodes'))
    if (!mayEvictFrom(states.get(zone) ?? 'Normal', [...states.values()])) return false
    if ((nextEviction.get(zone) ?? 0) > clock.monotonic()) return false
    nextEviction.set(zone, clock.monotonic() + timings.nodeEvictionInterval)
    return true
  }

  const taint = (name: string): number | undefined => {
    const node = objects.get('nodes', undefined, name)
    if (node === undefined) return undefined
    const ready = readyOf(node)
    const evicting = ready !== 'True' && takesTurn(node)
    const state = { ready, unschedulable: node.spec?.unschedulable ?? false, evicting }
    objects.update('nodes', node.metadata, current => {
      const taints = stateTaints(current.spec?.taints ?? [], state, timestamp(clock.now()))
      const { taints: _before, ...spec } = current.spec ?? {}
      return { ...current, spec: taints.length === 0 ? spec : { ...spec, taints } }
    })
    return ready === 'True' || evicting ? undefined : timings.nodeMonitorPeriod
  }

  let cancelTick = (): void => undefined
  const tick = (): void => {
    for (const node of objects.list('nodes')) markSilent(node)
    cancelTick = clock.after(timings.nodeMonitorPeriod, tick)
  }
  tick()
  const stop = runController(context, {
    name: 'nodelifecycle',
    resources: ['nodes'],
    keysOf: ({ type, object }) => (type === 'DELETED' ? [] : [object.metadata.name]),
    reconcile: (_namespace, name) => taint(name),
  })
  return () => {
    cancelTick()
    stop()
  }
}

/** A node that never said anything is Unknown. */
function readyOf(node: NodeObject): 'True' | 'False' | 'Unknown' {
  return findCondition(node.status?.conditions, 'Ready')?.status ?? 'Unknown'
}

function zoneOf(node: NodeObject): string {
  return node.metadata.labels?.[ZONE_LABEL] ?? ''
}

function zoneStates(nodes: readonly NodeObject[]): ReadonlyMap<string, ZoneState> {
  const counts = new Map<string, { ready: number; notReady: number }>()
  for (const node of nodes) {
    const count = counts.get(zoneOf(node)) ?? { ready: 0, notReady: 0 }
    if (readyOf(node) === 'True') count.ready++
    else count.notReady++
    counts.set(zoneOf(node), count)
  }
  return new Map(Array.from(counts, ([zone, { ready, notReady }]) => [zone, zoneState(ready, notReady)]))
}
