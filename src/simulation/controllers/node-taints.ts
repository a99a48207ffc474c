import { isTolerated } from '../../scheduling/taints.ts'
import type { WireTaint, WireToleration } from '../wire-objects.ts'

export const TAINTS = {
  notReady: 'node.kubernetes.io/not-ready',
  unreachable: 'node.kubernetes.io/unreachable',
  unschedulable: 'node.kubernetes.io/unschedulable',
} as const

/** The taints that say in which state a node is; every other taint is somebody else's. */
const STATE_TAINTS: ReadonlySet<string> = new Set(Object.values(TAINTS))

/** What decides a node's taints: its Ready condition, whether it is cordoned, and whether its pods are to go. */
export interface NodeState {
  readonly ready: 'True' | 'False' | 'Unknown'
  readonly unschedulable: boolean
  readonly evicting: boolean
}

/**
 * The taints that a node in this state should have: those of others kept, NoSchedule by condition and NoExecute when its turn to be evicted
 * has come (node_lifecycle_controller.go nodeConditionToTaintKeyStatusMap, processTaintBaseEviction).
 *
 * @param timeAdded written into taints that are new
 */
export function stateTaints(existing: readonly WireTaint[], state: NodeState, timeAdded: string): readonly WireTaint[] {
  const wanted: Pick<WireTaint, 'key' | 'effect'>[] = []
  const health = state.ready === 'True' ? undefined : state.ready === 'False' ? TAINTS.notReady : TAINTS.unreachable
  if (state.unschedulable) wanted.push({ key: TAINTS.unschedulable, effect: 'NoSchedule' })
  if (health !== undefined) wanted.push({ key: health, effect: 'NoSchedule' })
  if (health !== undefined && state.evicting) wanted.push({ key: health, effect: 'NoExecute' })

  const foreign = existing.filter(taint => !STATE_TAINTS.has(taint.key) || taint.effect === 'PreferNoSchedule')
  const present = wanted.map(
    ({ key, effect }) => existing.find(taint => taint.key === key && taint.effect === effect) ?? { key, effect, timeAdded },
  )
  return [...foreign, ...present]
}

/** How long a pod may stay on a node with these taints: for ever, or so many milliseconds, 0 being not at all. */
export function toleratedFor(taints: readonly WireTaint[], tolerations: readonly WireToleration[]): number {
  let shortest = Number.POSITIVE_INFINITY
  for (const taint of taints) {
    if (taint.effect !== 'NoExecute') continue
    const matching = tolerations.filter(toleration => tolerates(toleration, taint))
    if (matching.length === 0) return 0
    // The shortest of the matching ones counts (taint_eviction.go getMinTolerationTime); without seconds it is for ever.
    for (const { tolerationSeconds } of matching) {
      if (tolerationSeconds !== undefined) shortest = Math.min(shortest, Math.max(0, tolerationSeconds * 1_000))
    }
  }
  return shortest
}

function tolerates({ key = '', operator = 'Equal', value = '', effect = '' }: WireToleration, taint: WireTaint): boolean {
  return isTolerated({ key: taint.key, value: taint.value ?? '', effect: taint.effect }, [{ key, operator, value, effect }])
}
