import type { PodRecord } from '../cluster/pod.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import { domainText } from './domain-text.ts'
import { cordonSentence, isCappedByMinDomains, tooFewDomains } from './drain-deadlock.ts'
import { excessOf } from './excess.ts'
import { kindOf, kindsAmong, type Kind } from './kinds.ts'
import { listed } from './listed.ts'
import { example, obstacleOf, refusalOn, type Obstacle, type Refusal } from './obstacle.ts'
import type { Veto } from './reasons.ts'
import type { RoomQueue } from './room-queue.ts'
import { roomSentence } from './room-sentence.ts'
import { countsOf, type SpreadState } from './spread-state.ts'

/** Finds what keeps the domains that need pods from taking one like this; undefined where that is not known, or some node of them would take it. */
export type ObstacleFinder = (pod: PodRecord) => Veto | undefined

/** What is the same for all groups once the search is over. */
export interface Standstill {
  readonly model: SchedulerModel
  readonly closedNodes: ReadonlyMap<string, Veto>
  readonly queue: RoomQueue
}

/** The obstacles of a group as the model is now. @param movable those of its pods that nothing else keeps where they are */
export function obstaclesIn(state: SpreadState, movable: readonly PodRecord[], standstill: Standstill): ObstacleFinder {
  if (isCappedByMinDomains(state)) {
    const veto = tooFewDomains(state)
    return () => veto
  }
  const kinds = kindsAmong(movable)
  const most = Math.ceil(NODES_ASKED / Math.max(1, kinds.length))
  const found = new Map<Kind, Veto | undefined>(kinds.map(pod => [kindOf(pod), obstacleTo(pod, most, state, standstill)]))
  return pod => found.get(kindOf(pod))
}

/** For each reason one sentence, that of the most nodes first. */
function obstacleTo(pod: PodRecord, nodesAsked: number, state: SpreadState, standstill: Standstill): Veto | undefined {
  const { model, closedNodes, queue } = standstill
  const replacement: PodRecord = { ...pod, nodeName: undefined }
  const { index } = state
  const lowest = state.lowest()
  const obstacles: Obstacle[] = []
  let asked = 0
  /** Of every node of the domain; undefined where one takes the replacement. */
  const refusalsIn = (domain: number): readonly Refusal[] | undefined => {
    const refusals: Refusal[] = []
    for (const node of index.nodesOf(domain)) {
      if (asked === nodesAsked) break
      asked += 1
      const veto = closedNodes.get(node) ?? refusalOn(node, replacement, model)
      if (veto === undefined) return undefined
      refusals.push({ node, veto })
    }
    return refusals
  }
  for (const [domain, name] of index.names.entries()) {
    if (state.countIn(domain) !== lowest) continue
    const refusals = refusalsIn(domain)
    if (refusals === undefined) return undefined
    const obstacle = obstacleOf(name, refusals)
    if (obstacle !== undefined) obstacles.push(obstacle)
  }
  // Where room is what lacks, also domains that have filled up with more pods than those, and would have to take further ones.
  const missing = obstacles.some(({ reason }) => reason === 'NoRoom') ? roomMissing(state) : NOTHING_MISSING
  for (const [domain, name] of index.names.entries()) {
    if (state.countIn(domain) === lowest || !missing.has(name)) continue
    const obstacle = obstacleOf(name, refusalsIn(domain) ?? [])
    if (obstacle?.reason === 'NoRoom') obstacles.push(obstacle)
  }
  const byReason = [...Map.groupBy(obstacles, obstacle => obstacle.reason)]
    .map(([reason, alike]) => ({ reason, alike, nodes: alike.reduce((sum, { refusals }) => sum + refusals.length, 0) }))
    .sort((a, b) => b.nodes - a.nodes)
  const [main] = byReason
  const sentences = byReason.map(({ alike }) => sentenceOn(alike, state, () => roomSentence(alike, missing, replacement, model, queue)))
  return main && { reason: main.reason, message: sentences.join('; ') }
}

const NOTHING_MISSING: ReadonlyMap<string, number> = new Map()

/** Thousands of nodes are full for the same reason: so many are asked for theirs, over all kinds of pods. */
const NODES_ASKED = 500

/** The obstacles share their reason. */
function sentenceOn(obstacles: readonly Obstacle[], { group }: SpreadState, onRoom: () => string): string {
  const names = obstacles.map(({ domain }) => domain)
  const called = listed(names.map(domainText))
  const [first] = obstacles.flatMap(({ refusals }) => refusals)
  switch (obstacles[0]?.reason) {
    case 'DomainOutage':
    case 'DomainSettling':
      return first?.veto.message ?? ''
    case 'NoRoom':
      return onRoom()
    case 'CordonedDomain':
      return cordonSentence(
        group,
        names,
        obstacles.flatMap(({ refusals }) => refusals.map(({ node }) => node)),
      )
    case 'VolumePinned':
      return `a volume cannot be reached from ${called}: ${example(first)}`
    default:
      return `${called}: ${example(first)}`
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
