import type { ObjectStore, RawMetadata, StoreResult } from './object-store.ts'
import type { WireObjects } from './wire-objects.ts'

type Resource = keyof WireObjects

/** The store with the types of what is in it: the one place where raw JSON is taken for what its resource says it is. */
export interface Objects {
  get<R extends Resource>(resource: R, namespace: string | undefined, name: string): WireObjects[R] | undefined
  list<R extends Resource>(resource: R, namespace?: string): readonly WireObjects[R][]
  create<R extends Resource>(resource: R, object: WireObjects[R]): StoreResult
  /**
   * Replaces the object with what `change` makes of its newest version. Nothing happens when the object is gone, when that is undefined, or
   * when it says what is there already: the store writes only what differs.
   */
  update<R extends Resource>(
    resource: R,
    named: Pick<RawMetadata, 'name' | 'namespace'>,
    change: (current: WireObjects[R]) => WireObjects[R] | undefined,
  ): StoreResult
}

export function typedObjects(store: ObjectStore): Objects {
  return {
    get: (resource, namespace, name) => store.get(resource, namespace, name),
    list: (resource, namespace) => store.list(resource, namespace),
    create: (resource, object) => store.create(resource, object),
    update: (resource, named, change) => store.update(resource, named.namespace, named.name, current => change(current)),
  }
}
