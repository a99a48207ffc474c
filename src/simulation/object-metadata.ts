import { isRawObject } from '../cluster/raw-value.ts'
import { jsonEqual } from './json-value.ts'
import type { RawMetadata, RawObject } from './object-store.ts'

const METADATA_ORDER = [
  ...(['name', 'generateName', 'namespace', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp'] as const),
  ...(['deletionGracePeriodSeconds', 'labels', 'annotations', 'ownerReferences', 'finalizers'] as const),
]

/** What an update cannot touch stays as it was, whatever it says. */
export function keptMetadata(current: RawObject, changed: RawObject): RawMetadata {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds } =
    current.metadata
  const fixed = { name, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds }
  return inWireOrder({ ...changed.metadata, ...fixed })
}

/** What the Deployment controller counts its rollouts by. */
export const REVISION = 'deployment.kubernetes.io/revision'

/**
 * A change of what was asked for raises the generation (PrepareForUpdate of each type's strategy, 1.36). Binding a pod is none. Of a Deployment
 * the annotations count too, as they are copied to its ReplicaSets; its controller writes the revision with the status, which raises nothing.
 */
export function generationAfter(current: RawObject, next: RawObject): number | undefined {
  const { generation } = current.metadata
  if (generation === undefined || jsonEqual(wishes(current), wishes(next))) return generation
  return generation + 1
}

function wishes(object: RawObject): unknown {
  const { kind, metadata, spec } = object
  if (kind === 'Deployment') return { spec, annotations: { ...metadata.annotations, [REVISION]: undefined } }
  return kind === 'Pod' && isRawObject(spec) ? { ...spec, nodeName: undefined } : spec
}

/** metav1.ObjectMeta's order of fields, absent ones left out, so that what people see looks as usual. */
export function inWireOrder(metadata: { readonly [F in keyof RawMetadata]: RawMetadata[F] | undefined }): RawMetadata {
  const ordered = [...METADATA_ORDER.map(field => [field, metadata[field]] as const), ...Object.entries(metadata)]
  return Object.fromEntries(ordered.filter(([, value]) => value !== undefined)) as unknown as RawMetadata
}
