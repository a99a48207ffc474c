import type { NodeRecord } from '../cluster/node.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { Resources } from '../cluster/resources.ts'
import type { Writable } from '../cluster/writable.ts'

/**
 * What nodes can hold and what is taken of it, side by side in one array: whoever asks thousands of nodes reads one place of memory each. The
 * array is another once the table has grown. Extended resources are few and stand elsewhere.
 */
export interface NodeAmounts {
  readonly values: Float64Array
}

/** Where the amounts of one node are. */
export interface NodePlace {
  readonly amounts: NodeAmounts
  readonly at: number
}

/** By what they are offset from the node's place. */
export const CPU = 0
export const MEMORY = 1
export const STORAGE = 2
export const POD_SLOTS = 3
/** From each of those to what is used of it. */
export const USED = 4
/** What is used of CPU and memory as LeastAllocated counts. */
export const SCORED_CPU = 8
export const SCORED_MEMORY = 9
const PER_NODE = 10

export interface GrowingAmounts extends NodeAmounts {
  /** The place of the node in a slot, which is empty at first. */
  placeFor(slot: number): NodePlace
}

export function createNodeAmounts(): GrowingAmounts {
  const amounts: Writable<GrowingAmounts> = {
    values: new Float64Array(0),
    placeFor(slot) {
      const at = slot * PER_NODE
      if (at >= amounts.values.length) {
        const grown = new Float64Array(Math.max(64 * PER_NODE, 2 * (at + PER_NODE)))
        grown.set(amounts.values)
        amounts.values = grown
      }
      amounts.values.fill(0, at, at + PER_NODE)
      return { amounts, at }
    },
  }
  return amounts
}

export const placeOf = (slot: number): number => slot * PER_NODE

export function setCapacity({ amounts: { values }, at }: NodePlace, { allocatable, podSlots }: NodeRecord): void {
  values[at + CPU] = allocatable.cpu
  values[at + MEMORY] = allocatable.memory
  values[at + STORAGE] = allocatable.ephemeralStorage
  values[at + POD_SLOTS] = podSlots
}

/** Amounts are whole numbers, so that taking off what was added gives the exact sum before. */
export function charge({ amounts: { values }, at }: NodePlace, { charged, chargedScored }: PodRecord, change: 1 | -1): void {
  add(values, at + USED + CPU, change * charged.cpu)
  add(values, at + USED + MEMORY, change * charged.memory)
  add(values, at + USED + STORAGE, change * charged.ephemeralStorage)
  add(values, at + USED + POD_SLOTS, change)
  add(values, at + SCORED_CPU, change * chargedScored.cpu)
  add(values, at + SCORED_MEMORY, change * chargedScored.memory)
}

function add(values: Float64Array, at: number, amount: number): void {
  values[at] = (values[at] ?? 0) + amount
}

/** The same as a record, live. */
export class UsedResources implements Resources {
  readonly scalars: ReadonlyMap<string, number>
  readonly #amounts: NodeAmounts
  readonly #at: number

  constructor({ amounts, at }: NodePlace, scalars: ReadonlyMap<string, number>) {
    this.scalars = scalars
    this.#amounts = amounts
    this.#at = at
  }

  get cpu(): number {
    return this.#amounts.values[this.#at + USED + CPU] ?? 0
  }

  get memory(): number {
    return this.#amounts.values[this.#at + USED + MEMORY] ?? 0
  }

  get ephemeralStorage(): number {
    return this.#amounts.values[this.#at + USED + STORAGE] ?? 0
  }
}

/** What is left of one of the amounts for which there is a place of what is used. */
export function leftOf(
  { values }: NodeAmounts,
  at: number,
  amount: typeof CPU | typeof MEMORY | typeof STORAGE | typeof POD_SLOTS,
): number {
  return (values[at + amount] ?? 0) - (values[at + USED + amount] ?? 0)
}
