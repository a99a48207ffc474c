import type { PodRecord } from '../cluster/pod.ts'
import type { FilterPlugin } from '../scheduling/plugins.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import { globalMinimum } from './excess.ts'
import type { Reason, Veto } from './reasons.ts'
import { roomIn } from './room.ts'
import type { SpreadState } from './spread-state.ts'

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

/**
 * What keeps the domains that need pods from taking one of the group's, the commonest obstacle over their nodes; undefined when some node of
 * them would take it.
 */
export function obstacleIn(state: SpreadState, model: SchedulerModel, closedNodes: ReadonlyMap<string, Veto>): Veto | undefined {
  const replacement: PodRecord = { ...state.group.representative, nodeName: undefined }
  const lowest = globalMinimum(state.counts, { ...state.rule, minDomains: 1 })
  const tally = new Map<Reason, { nodes: number; veto: Veto }>()
  for (const [index, name] of state.domains.entries()) {
    if (state.counts[index] !== lowest) continue
    for (const nodeName of state.nodes[index] ?? []) {
      const veto = closedNodes.get(nodeName) ?? refusalIn(name, nodeName, replacement, model)
      if (veto === undefined) return undefined
      const entry = tally.get(veto.reason)
      if (entry === undefined) tally.set(veto.reason, { nodes: 1, veto })
      else entry.nodes += 1
    }
  }
  const commonest = [...tally.values()].reduce((most, entry) => (entry.nodes > most.nodes ? entry : most), { nodes: 0, veto: NOTHING })
  return commonest.nodes === 0 ? undefined : commonest.veto
}

const NOTHING: Veto = { reason: 'NoLanding', message: 'no node counts for the domain' }

function refusalIn(domain: string, nodeName: string, replacement: PodRecord, model: SchedulerModel): Veto | undefined {
  const refusal = model.refusalOn(replacement, nodeName)
  if (refusal === undefined) return undefined
  const reason = REASON_OF_PLUGIN[refusal.plugin] ?? 'NoLanding'
  return { reason, message: `${domain}: ${refusal.message} on ${nodeName}` }
}

/** Copies of the replacement that a domain has room for, up to `limit`; none where its nodes are closed. */
export function roomOf(
  state: SpreadState,
  index: number,
  replacement: PodRecord,
  model: SchedulerModel,
  closedNodes: ReadonlyMap<string, Veto>,
  limit: number,
): number {
  const open = (state.nodes[index] ?? []).filter(name => !closedNodes.has(name))
  return roomIn(model, replacement, open, limit)
}
