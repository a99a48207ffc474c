import type { NodeRecord } from '../cluster/node.ts'
import type { PodSpec } from '../cluster/pod.ts'
import { isAboutToGo } from './about-to-go.ts'
import { scalarsAsked } from './filter-node-resources-fit.ts'
import type { NodeTable } from './node-table.ts'
import type { SchedulerProfile } from './profile.ts'
import { copiesThatFit } from './room.ts'
import { expelsLater } from './taints.ts'
import { PASSES } from './verdict-numbers.ts'

/** By slot: how many copies of one pod spec the node has room for. */
export interface NodeRooms {
  /** As it is now, at the price of the nodes that have changed since the last time. A value: it stays what it was. */
  now(): Int32Array
}

/**
 * @param refusedBy by slot: what the nodes themselves say to the spec, up to date whenever room is asked for
 * @param isTaken whether something on the node keeps the pod away, however much room there is
 */
export function createNodeRooms(
  { slots, changes }: Pick<NodeTable, 'slots' | 'changes'>,
  refusedBy: Uint8Array,
  profile: SchedulerProfile,
  spec: PodSpec,
  isTaken: (slot: number) => boolean,
): NodeRooms {
  const scalars = scalarsAsked(profile, spec)
  // Of most specs nobody ever asks.
  let copies = new Int32Array(0)
  let room: Int32Array | undefined
  let asOf = 0
  const count = (slot: number): void => {
    const info = slots[slot]
    const isOpen = info !== undefined && refusedBy[slot] === PASSES && stays(info.node, spec) && !isTaken(slot)
    copies[slot] = isOpen ? copiesThatFit(spec, scalars, info) : 0
  }
  return {
    now() {
      if (room === undefined || asOf !== changes.clock) {
        if (room === undefined) copies = new Int32Array(refusedBy.length)
        for (let slot = changes.newest(asOf); slot !== -1; slot = changes.before(slot, asOf)) count(slot)
        asOf = changes.clock
        room = copies.slice(0, slots.length)
      }
      return room
    },
  }
}

/** Whether a pod that the node takes can stay there. */
function stays(node: NodeRecord, { tolerations }: PodSpec): boolean {
  return !isAboutToGo(node) && !expelsLater(node.taints, tolerations)
}
