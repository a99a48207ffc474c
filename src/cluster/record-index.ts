import { memo } from './memo.ts'

/** Records by something they share, such as their controller. Records without it are not in the index. */
export interface RecordIndex<R> {
  add(record: R): void
  remove(record: R): void
  /** Can be iterated any number of times; must not be kept across changes. */
  readonly of: (shared: string) => Iterable<R>
}

export function createRecordIndex<R>(sharedBy: (record: R) => string | undefined): RecordIndex<R> {
  // Lists, not sets: most are short, and a set takes several times the memory.
  const groups = new Map<string, R[]>()
  const none: readonly R[] = []
  return {
    add(record) {
      const shared = sharedBy(record)
      if (shared === undefined) return
      memo(groups, shared, () => []).push(record)
    },
    remove(record) {
      const shared = sharedBy(record)
      if (shared === undefined) return
      const group = groups.get(shared)
      const at = group?.indexOf(record) ?? -1
      if (at !== -1) group?.splice(at, 1)
      if (group?.length === 0) groups.delete(shared)
    },
    of: shared => groups.get(shared) ?? none,
  }
}
