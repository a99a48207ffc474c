import { isSameRecord, type ClusterEvent, type ClusterState, type Delta } from '../cluster/cluster-state.ts'
import type { Projector } from '../cluster/projection.ts'
import { recordKey } from '../cluster/records.ts'
import type { ClusterRecord, RecordKind } from '../cluster/records.ts'
import type { Recorder, Rest } from '../rebalancing/ports.ts'
import { fieldsOf, textOf } from './json.ts'
import type { ReflectedStore } from './reflection.ts'

/** Past this many different complaints about objects, further ones are not told: they would be about one broken writer. */
const COMPLAINTS_TOLD = 1_000

/** Reads raw objects of one kind into records, and tells what was odd about one once and not at every change of the object. */
export function createRecordReader(
  kind: RecordKind,
  projector: Projector,
  recorder: Recorder,
): (raw: unknown) => ClusterRecord | undefined {
  const told = new Set<string>()
  return raw => {
    const { record, warnings } = projector.projectAs(kind, raw)
    for (const { key, problem } of warnings) {
      const message = `${kind} ${key}: ${problem}`
      if (told.size >= COMPLAINTS_TOLD || told.has(message)) continue
      told.add(message)
      recorder.record({ reason: 'ObjectUnreadable', level: 'warning', message, fields: { kind } })
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
  const apply = (event: ClusterEvent): void => {
    const delta = state.apply(event)
    if (delta !== undefined) tell(delta)
  }

  /** The first list goes in bit by bit: what is not known yet nobody relies on. */
  const fillIn = async (records: readonly ClusterRecord[]): Promise<number> => {
    for (const record of records) {
      const pause = rest()
      if (pause !== undefined) await pause
      apply({ type: 'upsert', record })
    }
    state.markKnown(kind)
    return records.length
  }

  /** A later list is compared bit by bit, while the old one still stands, and then swapped in at once. */
  const swapIn = async (records: readonly ClusterRecord[]): Promise<number> => {
    const changes: ClusterEvent[] = []
    const gone = new Set<ClusterRecord>(state.all(kind))
    for (const record of records) {
      const pause = rest()
      if (pause !== undefined) await pause
      const before = state.namesakeOf(record)
      if (before !== undefined) gone.delete(before)
      if (before === undefined || !isSameRecord(before, record)) changes.push({ type: 'upsert', record })
    }
    for (const record of gone) changes.push({ type: 'delete', kind, key: recordKey(record) })
    changes.forEach(apply)
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
    upsert: record => apply({ type: 'upsert', record }),
    remove(raw) {
      const metadata = fieldsOf(raw['metadata'])
      const namespace = textOf(metadata['namespace'])
      const key = recordKey({ name: textOf(metadata['name']), ...(namespace !== '' && { namespace }) })
      apply({ type: 'delete', kind, key })
    },
    forget() {
      state.forgetKind(kind).forEach(tell)
    },
  }
}
