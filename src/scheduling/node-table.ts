import { memo } from '../cluster/memo.ts'
import type { NodeRecord } from '../cluster/node.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { charge, createNodeAmounts, setCapacity, UsedResources, type NodeAmounts } from './node-amounts.ts'
import type { NodeInfo } from './node-info.ts'
import { createNodeLayout, hasSameLayout, type NodeLayout } from './node-layout.ts'
import { createRecency, type Recency } from './recency.ts'

/** A pod came to stand on the node in a slot (1) or went from there (-1). */
export type PodCounter = (pod: PodRecord, slot: number, change: 1 | -1) => void

/** A record on the node in a slot takes the place of one that holds and asks the same. */
export type PodReplacer = (before: PodRecord, after: PodRecord, slot: number) => void

/** Every node with what is on it, each in a numbered slot that it keeps for life. */
export interface NodeTable {
  /** By slot; undefined where no node is (any more). */
  readonly slots: readonly (NodeInfo | undefined)[]
  /** Of the nodes in the slots. */
  readonly amounts: NodeAmounts
  /** Which slots have changed, be it the node or what is on it; and those of which the node itself has. */
  readonly changes: Omit<Recency, 'touch'>
  readonly nodeChanges: Omit<Recency, 'touch'>
  /** What tells the nodes apart, as it is now; a new object whenever one of them has changed. */
  layout(): NodeLayout
  /** Calls back when the layout is not what it was: whoever keeps something of it would keep all nodes alive as they were. */
  onTurn(listener: () => void): void
  readonly slotOf: (nodeName: string) => number | undefined
  infos(): Iterable<NodeInfo>
  /** Pods bound to a node of that name, whether or not there is one. */
  podsOn(nodeName: string): readonly PodRecord[]
  /** Pods on nodes that exist. */
  seated(): Iterable<readonly [pod: PodRecord, slot: number]>
  /** Those bound to nodes that do not exist. */
  strays(): Iterable<PodRecord>
  setNode(name: string, node: NodeRecord | undefined): void
  /** Puts a bound pod on its node, or takes the same record off again. */
  add(pod: PodRecord, nodeName: string): void
  remove(pod: PodRecord, nodeName: string): void
  /** Puts a record in the place of another that holds and asks the same, on the same node; one of them may be terminating. */
  replace(before: PodRecord, after: PodRecord): void
}

/**
 * A table without nodes. `count` and `renew` hear of pods on nodes that exist: those of a node that is gone are held back, as in the scheduler's cache
 * (backend/cache, 1.36), and come forward when it returns.
 */
export function createNodeTable(count: PodCounter, renew: PodReplacer): NodeTable {
  const seats = new Map<string, Seat>()
  const slots: (NodeTotals | undefined)[] = []
  const amounts = createNodeAmounts()
  const changes = createRecency()
  const nodeChanges = createRecency()
  const freeSlots: number[] = []
  const listeners: (() => void)[] = []
  let layout: NodeLayout | undefined

  const seatOf = (name: string): Seat => memo(seats, name, () => ({ pods: [], slot: undefined }))
  const dropIfEmpty = (name: string, seat: Seat): void => {
    if (seat.slot === undefined && seat.pods.length === 0) seats.delete(name)
  }
  /** Undefined for a record that is not there: an event was missed, which the self-check finds. */
  const find = (pod: PodRecord, nodeName: string): { readonly seat: Seat; readonly place: number } | undefined => {
    const seat = seats.get(nodeName)
    // What has come last, as that which is only imagined, mostly goes first.
    const place = seat?.pods.lastIndexOf(pod) ?? -1
    return seat === undefined || place === -1 ? undefined : { seat, place }
  }
  const turn = (): void => {
    layout = undefined
    for (const listener of listeners) listener()
  }
  const touchNode = (slot: number): void => {
    changes.touch(slot)
    nodeChanges.touch(slot)
  }
  const settle = (seat: Seat, pod: PodRecord, change: 1 | -1): void => {
    const info = seat.slot === undefined ? undefined : slots[seat.slot]
    if (seat.slot === undefined || info === undefined) return
    charge(info, pod, change)
    const { scalars } = pod.charged
    if (scalars.size > 0) for (const [name, amount] of scalars) info.scalars.set(name, (info.scalars.get(name) ?? 0) + change * amount)
    count(pod, seat.slot, change)
    changes.touch(seat.slot)
  }

  function addNode(seat: Seat, node: NodeRecord): void {
    const slot = freeSlots.pop() ?? slots.length
    const scalars = new Map<string, number>()
    const place = amounts.placeFor(slot)
    setCapacity(place, node)
    slots[slot] = { ...place, node, pods: seat.pods, used: new UsedResources(place, scalars), scalars }
    seat.slot = slot
    turn()
    touchNode(slot)
    for (const pod of seat.pods) settle(seat, pod, 1)
  }

  function removeNode(seat: Seat, slot: number): void {
    for (const pod of seat.pods) settle(seat, pod, -1)
    slots[slot] = undefined
    seat.slot = undefined
    freeSlots.push(slot)
    turn()
    touchNode(slot)
  }

  return {
    slots,
    amounts,
    changes,
    nodeChanges,
    layout: () => (layout ??= createNodeLayout(slots.map(info => info?.node))),
    onTurn: listener => void listeners.push(listener),
    slotOf: nodeName => seats.get(nodeName)?.slot,
    infos: () => slots.filter(info => info !== undefined),
    podsOn: nodeName => seats.get(nodeName)?.pods ?? [],
    seated: () => Array.from(slots.entries()).flatMap(([slot, info]) => info?.pods.map(pod => [pod, slot] as const) ?? []),
    strays: () => Array.from(seats.values()).flatMap(({ slot, pods }) => (slot === undefined ? pods : [])),
    setNode(name, node) {
      const seat = seatOf(name)
      const info = seat.slot === undefined ? undefined : slots[seat.slot]
      if (seat.slot === undefined || info === undefined) {
        if (node !== undefined) addNode(seat, node)
      } else if (node === undefined) {
        removeNode(seat, seat.slot)
      } else {
        if (!hasSameLayout(info.node, node)) turn()
        info.node = node
        setCapacity(info, node)
        touchNode(seat.slot)
      }
      dropIfEmpty(name, seat)
    },
    add(pod, nodeName) {
      const seat = seatOf(nodeName)
      seat.pods.push(pod)
      settle(seat, pod, 1)
    },
    remove(pod, nodeName) {
      const found = find(pod, nodeName)
      if (found === undefined) return
      const { seat, place } = found
      const last = seat.pods.pop()
      if (last !== undefined && last !== pod) seat.pods[place] = last
      settle(seat, pod, -1)
      dropIfEmpty(nodeName, seat)
    },
    replace(before, after) {
      const found = find(before, after.nodeName ?? '')
      if (found === undefined) return
      const { seat, place } = found
      seat.pods[place] = after
      if (seat.slot !== undefined) renew(before, after, seat.slot)
    },
  }
}

/** What stands on a node name, known or not. */
interface Seat {
  readonly pods: PodRecord[]
  slot: number | undefined
}

/** {@link NodeInfo}, summed up in place. */
interface NodeTotals extends NodeInfo {
  node: NodeRecord
  /** What is used of extended resources. */
  readonly scalars: Map<string, number>
}
