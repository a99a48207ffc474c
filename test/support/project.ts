import { createProjector } from '../../src/cluster/projection.ts'
import type { RecordKind, RecordOf, Warning } from '../../src/cluster/records.ts'

/** The record of a raw object of the given kind. Fails when the object is left out. */
export function project<K extends RecordKind>(kind: K, raw: unknown): RecordOf<K> {
  const [record] = projectAll(kind, [raw])
  return record as RecordOf<K>
}

/** The records of raw objects, all read by one projector, so that they share what they have in common. */
export function projectAll<K extends RecordKind>(kind: K, raws: readonly unknown[]): readonly RecordOf<K>[] {
  const projector = createProjector()
  return raws.map(raw => {
    const { record, warnings } = projector.projectAs(kind, raw)
    if (record === undefined) throw new Error(`left out: ${warnings.map(({ problem }) => problem).join('; ')}`)
    return record as RecordOf<K>
  })
}

/** What a raw object of the given kind is warned about. */
export function warningsOf(kind: RecordKind, raw: unknown): readonly Warning[] {
  return createProjector().projectAs(kind, raw).warnings
}
