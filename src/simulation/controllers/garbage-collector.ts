import { watch, type Controller } from './controller.ts'
import { drawDelay } from '../random.ts'

/** What may be owned by another object in the embedded cluster. */
const OWNED_RESOURCES = ['replicasets', 'pods', 'persistentvolumeclaims', 'controllerrevisions'] as const

/** Deletes what an object owned after it is gone: background propagation (pkg/controller/garbagecollector). */
export const garbageCollector: Controller = context => {
  const random = context.random.fork('garbagecollector')
  let running = true
  const owners = context.store.types.map(type => type.resource)
  const stopWatching = watch(context.store, owners, ({ type, object }) => {
    if (type !== 'DELETED') return
    context.clock.after(drawDelay(random, context.timings.controller), () => {
      if (running) deleteDependents(object.metadata.uid)
    })
  })

  const deleteDependents = (ownerUid: string | undefined): void => {
    for (const resource of OWNED_RESOURCES) {
      for (const { metadata } of context.store.list(resource)) {
        const owners = metadata.ownerReferences ?? []
        // An object with another owner left stays; none here ever has two.
        if (owners.length === 1 && owners[0]?.uid === ownerUid) context.store.delete(resource, metadata.namespace, metadata.name)
      }
    }
  }

  return () => {
    running = false
    stopWatching()
  }
}
