import type { Mark } from '../scheduling/node-partition.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import { closedNodesOf, createHoldFinder, type HoldFinder } from './holds.ts'
import type { Outage } from './outages.ts'
import type { World } from './plan.ts'
import type { Veto } from './reasons.ts'
import { createRoomFinder, type RoomFinder } from './room.ts'
import type { Situation } from './situation.ts'

/** Which domains are down or settling, and which groups wait. */
export interface Surroundings {
  /** Why a node's domain accepts no landing for now, by node name; and by slot, where any is. */
  readonly closedNodes: ReadonlyMap<string, Veto>
  readonly closed: Mark | undefined
  readonly roomFor: RoomFinder
  readonly holdOn: HoldFinder
}

export function surroundingsIn({ cluster, model }: World, down: readonly Outage[], situation: Situation): Surroundings {
  const closedNodes = closedNodesOf(cluster, down, situation)
  const closed = closedMark(model, closedNodes)
  return { closedNodes, closed, roomFor: createRoomFinder(model, closed), holdOn: createHoldFinder(cluster, down, situation) }
}

function closedMark(model: SchedulerModel, closedNodes: ReadonlyMap<string, Veto>): Mark | undefined {
  if (closedNodes.size === 0) return undefined
  const { length, slotOf } = model.nodeSlots()
  const closed = new Int32Array(length)
  for (const name of closedNodes.keys()) {
    const slot = slotOf(name)
    if (slot !== undefined) closed[slot] = 1
  }
  return closed
}
