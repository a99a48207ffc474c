import type { ClusterState, Delta } from '../cluster/cluster-state.ts'
import type { Projector } from '../cluster/projection.ts'
import { recordKey } from '../cluster/records.ts'
import type { ClusterRecord, RecordKind } from '../cluster/records.ts'
import type { Recorder } from '../rebalancing/ports.ts'
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
): ReflectedStore<ClusterRecord> {
  return {
    read,
    replace(records) {
      const deltas = state.replaceKind(kind, records)
      deltas.forEach(tell)
      return deltas.length
    },
    upsert(record) {
      const delta = state.apply({ type: 'upsert', record })
      if (delta !== undefined) tell(delta)
    },
    remove(raw) {
      const metadata = fieldsOf(raw['metadata'])
      const namespace = textOf(metadata['namespace'])
      const key = recordKey({ name: textOf(metadata['name']), ...(namespace !== '' && { namespace }) })
      const delta = state.apply({ type: 'delete', kind, key })
      if (delta !== undefined) tell(delta)
    },
    forget() {
      state.forgetKind(kind).forEach(tell)
    },
  }
}
