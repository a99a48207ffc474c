import type { PodRecord } from '../cluster/pod.ts'
import type { FilterPlugin } from '../scheduling/plugins.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import type { Reason, Veto } from './reasons.ts'

/** What a filter's refusal means to somebody who wonders why a domain takes no pods. */
const REASON_OF_PLUGIN: Readonly<Partial<Record<FilterPlugin, Reason>>> = {
  NodeUnschedulable: 'CordonedDomain',
  NodeResourcesFit: 'NoRoom',
  NodePorts: 'NoRoom',
  NodeVolumeLimits: 'NoRoom',
  VolumeRestrictions: 'VolumePinned',
  VolumeBinding: 'VolumePinned',
  VolumeZone: 'VolumePinned',
}

export interface Refusal {
  readonly node: string
  readonly veto: Veto
}

/** Why one domain takes none of the group's pods. */
export interface Obstacle {
  readonly domain: string
  readonly reason: Reason
  /** Those of its nodes that refuse for this reason. */
  readonly refusals: readonly Refusal[]
  readonly nodes: number
}

/** A domain with open nodes that are full needs room, whatever its other nodes say; else the reason of most nodes counts. */
export function obstacleOf(domain: string, refusals: readonly Refusal[]): Obstacle | undefined {
  const byReason = [...Map.groupBy(refusals, ({ veto }) => veto.reason)]
  const [first] = byReason.sort(
    ([one, some], [other, more]) => Number(other === 'NoRoom') - Number(one === 'NoRoom') || more.length - some.length,
  )
  return first && { domain, reason: first[0], refusals: first[1], nodes: refusals.length }
}

/** Why the node takes no unbound pod like this, spread constraints aside; undefined where it does. */
export function refusalOn(node: string, pod: PodRecord, model: SchedulerModel): Veto | undefined {
  const refusal = model.refusalOn(pod, node)
  return refusal && { reason: REASON_OF_PLUGIN[refusal.plugin] ?? 'NoLanding', message: refusal.message }
}

export function example(refusal: Refusal | undefined): string {
  return refusal === undefined ? '' : `${refusal.veto.message}, as on ${refusal.node}`
}
