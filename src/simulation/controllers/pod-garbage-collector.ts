import type { Controller } from './controller.ts'

/**
 * Removes pods whose node no longer exists, after a quarantine in which it might come back (pkg/controller/podgc gcOrphaned). Until then
 * they stay bound, Ready or terminating, with nobody to stop them.
 */
export const podGarbageCollector: Controller = ({ clock, objects, store, timings }) => {
  /** Node name -> when it was first seen to be missing, in monotonic time. */
  const missingSince = new Map<string, number>()
  let cancelTick = (): void => undefined

  const tick = (): void => {
    for (const name of missingSince.keys()) if (objects.get('nodes', undefined, name) !== undefined) missingSince.delete(name)
    for (const pod of objects.list('pods')) {
      const node = pod.spec?.nodeName
      if (node === undefined || objects.get('nodes', undefined, node) !== undefined) continue
      const since = missingSince.get(node) ?? clock.monotonic()
      missingSince.set(node, since)
      if (clock.monotonic() - since < timings.orphanedPods.quarantine) continue
      store.remove('pods', pod.metadata.namespace, pod.metadata.name, pod.metadata.uid)
    }
    cancelTick = clock.after(timings.orphanedPods.period, tick)
  }
  tick()
  return () => cancelTick()
}
