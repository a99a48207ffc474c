import { isSameRecord, type ClusterEvent, type ClusterState, type Delta } from '../cluster/cluster-state.ts'
import type { Projector } from '../cluster/projection.ts'
import { recordKey } from '../cluster/records.ts'
import type { ClusterRecord, RecordKind, Warning } from '../cluster/records.ts'
import type { Rest } from '../rebalancing/ports.ts'
import { fieldsOf, textOf } from './json.ts'
import type { ReflectedStore } from './reflection.ts'

/** Past this many different complaints about objects, further ones are not told: they would be about one broken writer. */
const COMPLAINTS_TOLD = 1_000

/** Reads raw objects of one kind into records, and tells what was odd about one once and not at every change of the object. */
export function createRecordReader(
  kind: RecordKind,
  projector: Projector,
  tell: (warning: Warning) => void,
): (raw: unknown) => ClusterRecord | undefined {
  const told = new Set<string>()
  return raw => {
    const { record, warnings } = projector.projectAs(kind, raw)
    for (const warning of warnings) {
      const complaint = `${warning.key}: ${warning.problem}`
      if (told.size >= COMPLAINTS_TOLD || told.has(complaint)) continue
      told.add(complaint)
      tell(warning)
    }
    return record
  }
}

/** The records of one kind within the state of the whole cluster; `tell` hears of every change. */
export function createRecordStore(
  kind: RecordKind,
  state: ClusterState,
  read: (raw: unknown) => ClusterRecord | undefined,
  tell: (delta: Delta) => void,
  rest: Rest,
): ReflectedStore<ClusterRecord> {
  let isWhole = true

  const apply = (event: ClusterEvent): void => {
    const delta = state.apply(event)
    if (delta !== undefined) tell(delta)
  }

  /** One change after the other, in slices; whoever has his turn between two of them is told that this is neither the old nor the new. */
  const applyAll = async (events: Iterable<ClusterEvent>): Promise<void> => {
    isWhole = false
    for (const event of events) {
      const pause = rest()
      if (pause !== undefined) await pause
      apply(event)
    }
    // What fails half-way stays half until another list is complete.
    isWhole = true
  }

  const fillIn = async (records: readonly ClusterRecord[]): Promise<number> => {
    await applyAll(records.values().map(record => ({ type: 'upsert', record })))
    state.markKnown(kind)
    return records.length
  }

  /** A later list is compared while the old one still stands, so that only what differs is half in for a while. */
  const swapIn = async (records: readonly ClusterRecord[]): Promise<number> => {
    const changes: ClusterEvent[] = []
    const kept = new Set<ClusterRecord>()
    for (const record of records) {
      const pause = rest()
      if (pause !== undefined) await pause
      const before = state.namesakeOf(record)
      if (before !== undefined) kept.add(before)
      if (before === undefined || !isSameRecord(before, record)) changes.push({ type: 'upsert', record })
    }
    for (const record of state.all(kind)) {
      const pause = rest()
      if (pause !== undefined) await pause
      if (!kept.has(record)) changes.push({ type: 'delete', kind, key: recordKey(record) })
    }
    await applyAll(changes)
    return changes.length
  }

  return {
    read(raw) {
      const record = read(raw)
      const before = record && state.namesakeOf(record)
      // A list read again holds what it finds unchanged only once.
      return record !== undefined && before !== undefined && isSameRecord(before, record) ? before : record
    },
    replace: records => (state.knows(kind) ? swapIn(records) : fillIn(records)),
    isWhole: () => isWhole,
    upsert: record => apply({ type: 'upsert', record }),
    remove(raw) {
      const metadata = fieldsOf(raw['metadata'])
      const namespace = textOf(metadata['namespace'])
      const key = recordKey({ name: textOf(metadata['name']), ...(namespace !== '' && { namespace }) })
      apply({ type: 'delete', kind, key })
    },
    async forget() {
      state.markUnknown(kind)
      const gone = [...state.all(kind)]
      await applyAll(gone.values().map(record => ({ type: 'delete', kind, key: recordKey(record) })))
    },
  }
}
