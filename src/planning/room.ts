import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { Mark } from '../scheduling/node-partition.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import type { DomainIndex } from './domain-index.ts'
import type { Group } from './groups.ts'
import { kindsAmong } from './kinds.ts'

/** Copies of a group's pods that each domain has room for, by domain: of those that it has most room for. */
export type DomainRooms = (domain: number) => number

/** Finds the room for groups as the model has it when asked; groups that ask the same of the same nodes share the answer. */
export type RoomFinder = (group: Group, index: DomainIndex) => DomainRooms

/** @param closed by slot: 1 for a node that accepts no landing for now */
export function createRoomFinder(model: SchedulerModel, closed: Mark | undefined): RoomFinder {
  const known = new Map<Int32Array, Map<DomainIndex, DomainRooms>>()
  const roomsOf = (pod: PodRecord, index: DomainIndex): DomainRooms => {
    const room = model.roomFor({ ...pod, nodeName: undefined })
    return memo(
      memo(known, room, () => new Map<DomainIndex, DomainRooms>()),
      index,
      () => roomsIn(index, room, closed),
    )
  }
  return ({ members }, index) => {
    const all = kindsAmong(members).map(pod => roomsOf(pod, index))
    const [rooms] = all
    return rooms !== undefined && all.length === 1 ? rooms : domain => Math.max(...all.map(each => each(domain)))
  }
}

function roomsIn(index: DomainIndex, room: Int32Array, closed: Mark | undefined): DomainRooms {
  // Kept for as long as what is known of the group: one byte a node, since no domain of one node is ever planned to take as many.
  const byDomain = index.isPerNode ? new Uint8ClampedArray(index.names.length) : index.names.map(() => 0)
  const { bySlot } = index
  for (let slot = 0; slot < bySlot.length; slot += 1) {
    const domain = bySlot[slot] ?? -1
    if (domain !== -1 && closed?.[slot] !== 1) byDomain[domain] = (byDomain[domain] ?? 0) + (room[slot] ?? 0)
  }
  return domain => byDomain[domain] ?? 0
}
