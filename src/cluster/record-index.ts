/** Records by something they share: their node, their namespace, their controller. Records without it are not in the index. */
export interface RecordIndex<R> {
  add(record: R): void
  remove(record: R): void
  /** Can be iterated any number of times; must not be kept across changes. */
  readonly of: (shared: string) => Iterable<R>
}

export function createRecordIndex<R>(sharedBy: (record: R) => string | undefined): RecordIndex<R> {
  const groups = new Map<string, Set<R>>()
  const none: readonly R[] = []
  return {
    add(record) {
      const shared = sharedBy(record)
      if (shared === undefined) return
      const group = groups.get(shared)
      if (group === undefined) groups.set(shared, new Set([record]))
      else group.add(record)
    },
    remove(record) {
      const shared = sharedBy(record)
      if (shared === undefined) return
      const group = groups.get(shared)
      group?.delete(record)
      if (group?.size === 0) groups.delete(shared)
    },
    of: shared => groups.get(shared) ?? none,
  }
}
