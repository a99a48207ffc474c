import { admit } from '../../src/simulation/admission.ts'
import type { Controller, ControllerContext } from '../../src/simulation/controllers/controller.ts'
import type { RawObject } from '../../src/simulation/object-store.ts'
import { typedObjects } from '../../src/simulation/objects.ts'
import { withContainers } from '../../src/simulation/pod-status.ts'
import { createRandom } from '../../src/simulation/random.ts'
import { createObjectStore } from '../../src/simulation/store.ts'
import { DEFAULT_TIMINGS } from '../../src/simulation/timings.ts'
import { createVirtualClock, type VirtualClock } from '../../src/simulation/virtual-clock.ts'
import type { PodObject } from '../../src/simulation/wire-objects.ts'

export const START = Date.parse('2026-11-21T10:00:00Z')

/** A store with some controllers running on it; everything else that happens, a test does by hand. */
export interface ControllerWorld extends ControllerContext {
  readonly clock: VirtualClock
  /** Creates the objects; throws when the store refuses one. */
  add(resource: string, ...objects: readonly RawObject[]): void
  /** Lets all controllers come to rest. */
  settle(): void
  pods(): readonly PodObject[]
  /** Binds the pod and reports it Running and Ready, as scheduler and kubelet would. */
  run(pod: PodObject, nodeName: string): void
  /** The same for every active pod that is not Ready yet. */
  runAll(nodeName: string): void
  /** Takes out the pods that are terminating, as their kubelets would. */
  finishTerminating(): void
}

export function createControllerWorld(...controllers: readonly Controller[]): ControllerWorld {
  const clock = createVirtualClock(START)
  const random = createRandom(1)
  const store = createObjectStore({
    now: () => clock.now(),
    random: random.fork('store'),
    admit: (resource, object) => admit(resource, object, objects, DEFAULT_TIMINGS.defaultToleration),
  })
  const objects = typedObjects(store)
  const context: ControllerContext = { store, objects, clock, random, timings: DEFAULT_TIMINGS }
  for (const start of controllers) start(context)
  const pods = (): readonly PodObject[] => objects.list('pods')
  const run = (pod: PodObject, nodeName: string): void => {
    objects.update('pods', pod.metadata, current =>
      withContainers({ ...current, spec: { ...current.spec, nodeName } }, 'ready', clock.now()),
    )
  }
  return {
    ...context,
    clock,
    add: (resource, ...added) => {
      for (const object of added) {
        const result = store.create(resource, object)
        if (!result.ok) throw new Error(result.refusal.message)
      }
    },
    settle: () => clock.advance(2_000),
    pods,
    run,
    runAll: nodeName => {
      for (const pod of pods()) {
        const ready = pod.status?.conditions?.some(condition => condition.type === 'Ready' && condition.status === 'True') ?? false
        if (!ready && pod.metadata.deletionTimestamp === undefined) run(pod, nodeName)
      }
    },
    finishTerminating: () => {
      for (const { metadata } of pods()) {
        if (metadata.deletionTimestamp !== undefined) store.remove('pods', metadata.namespace, metadata.name)
      }
    },
  }
}
