import type { PodRecord } from '../cluster/pod.ts'
import type { Mark } from '../scheduling/node-partition.ts'
import type { Distinction } from '../scheduling/distinction.ts'
import type { Veto } from './reasons.ts'
import type { Waiting } from './rivals.ts'
import type { SpreadState } from './spread-state.ts'
import type { SpreadStates } from './spread-states.ts'
import type { WhatIf } from './what-if.ts'

/** What a move is judged by. */
export interface MoveContext {
  readonly whatIf: WhatIf
  readonly now: number
  /** Every group, acted on or not: a move changes the counts of all that count its pod. */
  readonly states: SpreadStates
  /** Whether the pod carries the constraint of the group: it is moved for the sake of those alone, whoever else counts it. */
  carries(pod: PodRecord, state: SpreadState): boolean
  /** Groups whose excess the plan is there to lower. */
  readonly acting: Pick<ReadonlySet<SpreadState>, 'has'>
  /** Those and the ones that only wait: what worsens them now would have to be mended once they are acted on again. */
  readonly heeded: Pick<ReadonlySet<SpreadState>, 'has'>
  /** Pods that take what room moves leave. */
  readonly waiting: Waiting
  /** Why a node's domain accepts no landing for now, by node name. */
  readonly closedNodes: ReadonlyMap<string, Veto>
  /** By slot: 1 for a closed node; undefined where none is. */
  readonly closed: Mark | undefined
  /** How far nodes are told apart for a replacement that these groups count. */
  readonly distinctionFor: (counting: readonly SpreadState[]) => Distinction
}

/** Groups acted on are not to get worse, be it later, and no hard constraint is, acted on or not. */
export function mustNotWorsen(state: SpreadState, { heeded }: Pick<MoveContext, 'heeded'>): boolean {
  return heeded.has(state) || state.group.constraint.whenUnsatisfiable === 'DoNotSchedule'
}
