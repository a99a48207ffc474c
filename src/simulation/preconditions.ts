import type { DeleteOptions, RawObject, ResourceType } from './object-store.ts'
import { preconditionFailed, type Refused } from './store-refusals.ts'

/** Why an object is not the one that a deletion means; undefined when it is (the checks of rest.BeforeDelete). */
export function unmetPrecondition(type: ResourceType, object: RawObject, wanted: DeleteOptions['preconditions']): Refused | undefined {
  const { name, uid, resourceVersion } = object.metadata
  if (wanted?.uid !== undefined && wanted.uid !== uid) {
    const why = `the UID in the precondition (${wanted.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`
    return preconditionFailed(type, name, why)
  }
  if (wanted?.resourceVersion !== undefined && wanted.resourceVersion !== resourceVersion) {
    const why = `the ResourceVersion in the precondition (${wanted.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`
    return preconditionFailed(type, name, why)
  }
  return undefined
}
