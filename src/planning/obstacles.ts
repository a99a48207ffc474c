import type { PodRecord } from '../cluster/pod.ts'
import type { FilterPlugin } from '../scheduling/plugins.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import { excessOf, globalMinimum } from './excess.ts'
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
  if (isCappedByMinDomains(state)) return tooFewDomains(state)
  const replacement: PodRecord = { ...state.group.representative, nodeName: undefined }
  const lowest = globalMinimum(state.counts, { ...state.rule, minDomains: 1 })
  const tally = new Map<Reason, Obstacle[]>()
  for (const [index, domain] of state.domains.entries()) {
    if (state.counts[index] !== lowest) continue
    for (const node of state.nodes[index] ?? []) {
      const veto = closedNodes.get(node) ?? refusalOn(node, replacement, model)
      if (veto === undefined) return undefined
      const alike = tally.get(veto.reason)
      if (alike === undefined) tally.set(veto.reason, [{ domain, node, veto }])
      else alike.push({ domain, node, veto })
    }
  }
  const commonest = [...tally.values()].reduce<readonly Obstacle[]>((most, each) => (each.length > most.length ? each : most), [])
  return inOneSentence(commonest, state)
}

/** With fewer domains than minDomains the global minimum is 0, so that no domain may hold more than maxSkew; where all do, no move helps. */
function isCappedByMinDomains({ counts, rule }: SpreadState): boolean {
  return counts.length < rule.minDomains && counts.every(count => count >= rule.maxSkew)
}

function tooFewDomains({ counts, group, rule }: SpreadState): Veto {
  const { topologyKey } = group.constraint
  const message = `${topologyKey} has ${counts.length} domain(s) and minDomains is ${rule.minDomains}, so each may hold ${rule.maxSkew} at most`
  return { reason: 'BelowMinDomains', message }
}

interface Obstacle {
  readonly domain: string
  readonly node: string
  readonly veto: Veto
}

function refusalOn(node: string, replacement: PodRecord, model: SchedulerModel): Veto | undefined {
  const refusal = model.refusalOn(replacement, node)
  return refusal && { reason: REASON_OF_PLUGIN[refusal.plugin] ?? 'NoLanding', message: refusal.message }
}

/** Of thousands of hostnames only the first are named. */
const LISTED = 3

/** The obstacles share their reason. */
function inOneSentence(obstacles: readonly Obstacle[], state: SpreadState): Veto | undefined {
  const [first] = obstacles
  if (first === undefined) return undefined
  const { domain, node, veto } = first
  const { topologyKey } = state.group.constraint
  switch (veto.reason) {
    case 'DomainOutage':
    case 'DomainSettling':
      return veto
    case 'NoRoom': {
      const missing = [...roomMissing(state)].map(([name, pods]) => `${pods} more in ${name}`)
      const others = missing.length > LISTED ? ` and in ${missing.length - LISTED} other domains` : ''
      return {
        reason: 'NoRoom',
        message: `room is missing for ${missing.slice(0, LISTED).join(', ')}${others} (${veto.message} on ${node})`,
      }
    }
    case 'CordonedDomain': {
      // Only under Ignore does a cordoned node count for a pod that does not tolerate the cordon.
      const nodes = obstacles.filter(each => each.domain === domain).length
      return {
        reason: 'CordonedDomain',
        message: `drain deadlock: ${topologyKey}=${domain} counts (nodeTaintsPolicy Ignore) though its ${nodes} node(s) are cordoned, so replacements stay Pending until it is uncordoned or gone`,
      }
    }
    default:
      return { reason: veto.reason, message: `${domain}: ${veto.message} on ${node}` }
  }
}

/**
 * The further pods that each domain would have to take until the group is within maxSkew: one after the other from the fullest to the emptiest,
 * which is what the lower bound counts.
 */
function roomMissing({ domains, counts, rule }: SpreadState): ReadonlyMap<string, number> {
  const imagined = [...counts]
  const missing = new Map<string, number>()
  const total = imagined.reduce((sum, count) => sum + count, 0)
  for (let moves = 0; moves < total; moves++) {
    const fullest = imagined.indexOf(Math.max(...imagined))
    const emptiest = imagined.indexOf(Math.min(...imagined))
    if (excessOf(imagined, { ...rule, minDomains: 1 }) === 0) break
    imagined[fullest] = (imagined[fullest] ?? 0) - 1
    imagined[emptiest] = (imagined[emptiest] ?? 0) + 1
    const name = domains[emptiest] ?? ''
    missing.set(name, (missing.get(name) ?? 0) + 1)
  }
  return missing
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
