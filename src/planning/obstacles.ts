import type { PodRecord } from '../cluster/pod.ts'
import type { FilterPlugin } from '../scheduling/plugins.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import { excessOf } from './excess.ts'
import type { Reason, Veto } from './reasons.ts'
import { countsOf, type SpreadState } from './spread-state.ts'

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
  const { index } = state
  const lowest = state.lowest()
  const needy = [...index.names.keys()].filter(domain => state.countIn(domain) === lowest)
  const tally = new Map<Reason, Obstacle[]>()
  let asked = 0
  for (const domain of needy) {
    for (const node of index.nodes[domain] ?? []) {
      if (asked === NODES_ASKED) break
      asked += 1
      const veto = closedNodes.get(node) ?? refusalOn(node, replacement, model)
      if (veto === undefined) return undefined
      const obstacle = { domain: index.names[domain] ?? '', node, veto }
      const alike = tally.get(veto.reason)
      if (alike === undefined) tally.set(veto.reason, [obstacle])
      else alike.push(obstacle)
    }
  }
  const commonest = [...tally.values()].reduce<readonly Obstacle[]>((most, each) => (each.length > most.length ? each : most), [])
  return inOneSentence(commonest, state)
}

/** Thousands of nodes are full for the same reason: so many are asked for theirs. */
const NODES_ASKED = 500

/** With fewer domains than minDomains the global minimum is 0, so that no domain may hold more than maxSkew; where all do, no move helps. */
function isCappedByMinDomains({ index, rule, lowest }: SpreadState): boolean {
  return index.names.length < rule.minDomains && lowest() >= rule.maxSkew
}

function tooFewDomains({ index, group, rule }: SpreadState): Veto {
  const { topologyKey } = group.constraint
  const message = `${topologyKey} has ${index.names.length} domain(s) and minDomains is ${rule.minDomains}, so each may hold ${rule.maxSkew} at most`
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
function roomMissing(state: SpreadState): ReadonlyMap<string, number> {
  const { index, rule } = state
  const imagined = [...countsOf(state)]
  const missing = new Map<string, number>()
  const total = imagined.reduce((sum, count) => sum + count, 0)
  for (let moves = 0; moves < total; moves++) {
    const fullest = imagined.indexOf(Math.max(...imagined))
    const emptiest = imagined.indexOf(Math.min(...imagined))
    if (excessOf(imagined, { ...rule, minDomains: 1 }) === 0) break
    imagined[fullest] = (imagined[fullest] ?? 0) - 1
    imagined[emptiest] = (imagined[emptiest] ?? 0) + 1
    const name = index.names[emptiest] ?? ''
    missing.set(name, (missing.get(name) ?? 0) + 1)
  }
  return missing
}
