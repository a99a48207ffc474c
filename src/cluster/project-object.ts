import { createCache } from './interner.ts'
import { createChargeReader } from './project-charge.ts'
import { createMetadataReader, type Metadata, type MetadataReader } from './project-metadata.ts'
import { createSpecReader, type SpecReader } from './project-pod-spec.ts'
import { createReplicaReader } from './project-replica.ts'
import type { RawField } from './raw-field.ts'

/** What projecting any kind of object starts from: the object, its metadata already read, and where problems go. */
export interface RawObject {
  readonly root: RawField
  readonly metadata: Metadata
  readonly readers: Readers
  readonly problems: Set<string>
}

/** The readers that remember: through them equal things of different objects come out as one. */
export interface Readers extends MetadataReader {
  readonly specs: SpecReader
  readonly charges: ReturnType<typeof createChargeReader>
  readonly replicas: ReturnType<typeof createReplicaReader>
  /** The same text, held once. */
  readonly text: <T extends string | undefined>(text: T) => T
}

const TEXTS_CACHED = 65_536

export function createReaders(): Readers {
  const texts = createCache<string>(TEXTS_CACHED)
  const text: Readers['text'] = text => (text === undefined ? text : (texts(text, () => text) as typeof text))
  const parts = { ...createMetadataReader(text), specs: createSpecReader(), charges: createChargeReader(), text }
  return { ...parts, replicas: createReplicaReader(parts) }
}
