import type { NodeTable } from './node-table.ts'

/** Specs whose answers are kept, the latest asked for. 5,000 nodes make some 100 kB each. */
const MOST_SPECS = 256

/** The latest asked for of what is kept for specs; each serves as many slots as there were when it was made, and some more. */
export function createKeptForSpecs<T extends { readonly capacity: number }>(
  table: Pick<NodeTable, 'slots'>,
): { of(key: string, make: (capacity: number) => T): T; all(): Iterable<T> } {
  const known = new Map<string, T>()
  let latest: { readonly key: string; readonly kept: T } | undefined
  return {
    of(key, make) {
      // Workloads that ask the same of a node mostly come one after the other.
      if (latest?.key === key && latest.kept.capacity >= table.slots.length) return latest.kept
      let kept = known.get(key)
      // Room to grow, or each new node would mean to start over.
      if (kept === undefined || kept.capacity < table.slots.length) kept = make(Math.ceil(table.slots.length * 1.25))
      known.delete(key)
      known.set(key, kept)
      if (known.size > MOST_SPECS) {
        const [oldest] = known.keys()
        if (oldest !== undefined) known.delete(oldest)
      }
      latest = { key, kept }
      return kept
    },
    all: () => known.values(),
  }
}
