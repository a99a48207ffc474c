import { compareText } from './compare-text.ts'
import { ANNOTATIONS_READ } from './annotations.ts'
import { withoutCopied } from './copied-labels.ts'
import { createInterner } from './interner.ts'
import { NO_LABELS, type Labels } from './labels.ts'
import type { OwnerRef } from './pod.ts'
import type { RawField } from './raw-field.ts'

/** The metadata that every record may take from. */
export interface Metadata {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  /** Unread, here and below: many kinds have labels, annotations and owners that nobody asks for. */
  readonly labelField: RawField
  readonly annotationField: RawField
  readonly ownerField: RawField
  readonly generation: number
  readonly createdAt: number
  readonly deletedAt: number | undefined
}

export interface MetadataReader {
  readonly metadata: (field: RawField) => Metadata | undefined
  readonly labels: (field: RawField) => Labels
  /** Of a pod with these labels: those that it did not get from its node. */
  readonly ownLabels: (labels: Labels) => Labels
  /** Only those that respread reads (annotations.ts). */
  readonly annotations: (field: RawField) => Labels
  readonly controller: (field: RawField) => OwnerRef | undefined
}

/**
 * Reads metadata so that equal label sets, annotation sets and owners come out as one object; undefined when there is no usable name.
 * @param text gives the same text held once
 */
export function createMetadataReader(text: <T extends string | undefined>(text: T) => T): MetadataReader {
  const internLabels = createInterner<ReadonlyMap<string, string>>()
  const internOwner = createInterner<OwnerRef>()

  const share = (entries: readonly (readonly [string, string])[]): Labels => {
    if (entries.length === 0) return NO_LABELS
    const ordered = entries.toSorted(([left], [right]) => compareText(left, right))
    return internLabels(JSON.stringify(ordered), () => new Map(ordered))
  }
  const labels = (field: RawField): Labels => share([...field.labels()])
  const ownLabels = (labels: Labels): Labels => {
    const own = withoutCopied(labels)
    return own === labels ? labels : share([...own])
  }
  const annotations = (field: RawField): Labels =>
    share(
      field.entries().flatMap(([key, value]) => {
        const text = ANNOTATIONS_READ.has(key) ? value.text() : undefined
        return text === undefined ? [] : [[key, text] as const]
      }),
    )
  const controller = (field: RawField): OwnerRef | undefined => {
    for (const owner of field.items()) {
      if (!owner.at('controller').flag()) continue
      const [apiVersion = '', kind = '', name = '', uid = ''] = ['apiVersion', 'kind', 'name', 'uid'].map(key =>
        owner.at(key).need().text(),
      )
      const make = (): OwnerRef => ({ apiVersion: text(apiVersion), kind: text(kind), name, uid })
      return internOwner(JSON.stringify([apiVersion, kind, name, uid]), make)
    }
    return undefined
  }

  const metadata = (field: RawField): Metadata | undefined => {
    const name = readName(field.at('name').need())
    const namespace = readName(field.at('namespace'))
    if (name === undefined || (namespace === undefined && field.at('namespace').present)) return undefined
    const deletion = field.at('deletionTimestamp')
    return {
      name,
      namespace: text(namespace ?? 'default'),
      uid: field.at('uid').text() ?? '',
      labelField: field.at('labels'),
      annotationField: field.at('annotations'),
      ownerField: field.at('ownerReferences'),
      generation: field.at('generation').integer() ?? 0,
      createdAt: field.at('creationTimestamp').time() ?? 0,
      // Whatever is written there, the object is on its way out.
      deletedAt: deletion.present ? (deletion.time() ?? 0) : undefined,
    }
  }
  return { metadata, labels, ownLabels, annotations, controller }
}

/** A name that can stand in a path of the API, so that `namespace/name` means one object. */
function readName(field: RawField): string | undefined {
  const name = field.text()
  if (name === undefined) return undefined
  if (name !== '' && !name.includes('/')) return name
  field.refuse('is not a name')
  return undefined
}
