import { ANNOTATIONS_READ } from './annotations.ts'
import { createCache, digestOf } from './interner.ts'
import type { Labels } from './labels.ts'
import type { OwnerRef } from './pod.ts'
import { grantParts, type Charge } from './project-charge.ts'
import type { Readers } from './project-object.ts'
import { specParts, type SpecReading } from './project-pod-spec.ts'
import { RawField } from './raw-field.ts'
import { isRawObject } from './raw-value.ts'

/** What a pod has in common with the other replicas of its template. */
export interface ReplicaReading {
  readonly labels: Labels
  readonly ownLabels: Labels
  readonly annotations: Labels
  readonly controller: OwnerRef | undefined
  readonly reading: SpecReading
  readonly charge: Charge
  /** Of its metadata. */
  readonly problems: ReadonlySet<string>
}

const REPLICAS_CACHED = 8192

/**
 * Reads what replicas share in one go: of a hundred thousand pods nearly all are like one that was read before. As with specs, reading sees nothing
 * but the parts whose text is the key.
 */
export function createReplicaReader(
  readers: Pick<Readers, 'labels' | 'ownLabels' | 'annotations' | 'controller' | 'specs' | 'charges'>,
): (raw: unknown) => ReplicaReading {
  const replicas = createCache<ReplicaReading>(REPLICAS_CACHED)
  return raw => {
    const pod = isRawObject(raw) ? raw : {}
    const metadata = metadataParts(pod['metadata'])
    const spec = specParts(pod['spec'])
    const grant = grantParts(pod['status'])
    return replicas(digestOf(JSON.stringify([metadata, spec, grant])), () => {
      const problems = new Set<string>()
      const field = new RawField({ metadata }, problems).at('metadata')
      const reading = readers.specs.readParts(spec)
      const labels = readers.labels(field.at('labels'))
      return {
        labels,
        ownLabels: readers.ownLabels(labels),
        annotations: readers.annotations(field.at('annotations')),
        controller: readers.controller(field.at('ownerReferences')),
        reading,
        charge: readers.charges(reading, grant),
        problems,
      }
    })
  }
}

function metadataParts(raw: unknown): Readonly<Record<string, unknown>> {
  if (!isRawObject(raw)) return {}
  const { labels, annotations, ownerReferences } = raw
  const read = isRawObject(annotations) ? Object.entries(annotations).filter(([key]) => ANNOTATIONS_READ.has(key)) : undefined
  return { labels, annotations: read === undefined ? annotations : Object.fromEntries(read), ownerReferences }
}
