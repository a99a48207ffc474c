import type { RawMetadata, RawObject } from '../object-store.ts'
import { apiVersionOf } from '../resource-types.ts'
import type { ServedType } from './served-types.ts'

/** What an empty object of a type looks like where Go's encoding leaves fields in it. */
const EMPTY_CONTENT: Readonly<Record<string, object>> = {
  pods: { spec: { containers: null }, status: {} },
  poddisruptionbudgets: { spec: {}, status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 } },
}

/**
 * The object of a BOOKMARK event: nothing but a resourceVersion to resume from.
 * @param initialEnd marks the end of the initial events of a streaming list
 */
export function bookmarkObject(type: ServedType, resourceVersion: number, initialEnd: boolean): RawObject {
  // An object without a name: the one place where there is such a thing.
  const metadata: Omit<RawMetadata, 'name'> = {
    resourceVersion: String(resourceVersion),
    ...(initialEnd && { annotations: { 'k8s.io/initial-events-end': 'true' } }),
  }
  return { kind: type.kind, apiVersion: apiVersionOf(type), metadata: metadata as RawMetadata, ...EMPTY_CONTENT[type.resource] }
}
