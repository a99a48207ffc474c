import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { Clock } from '../rebalancing/ports.ts'
import { DEFAULT_PROFILES, type SchedulerProfiles } from '../scheduling/profile.ts'
import { admit } from './admission.ts'
import { createClusterActions, type ClusterActions } from './cluster-actions.ts'
import type { Controller, ControllerContext } from './controllers/controller.ts'
import { daemonSetController } from './controllers/daemon-set-controller.ts'
import { deploymentController } from './controllers/deployment-controller.ts'
import { disruptionController } from './controllers/disruption-controller.ts'
import { garbageCollector } from './controllers/garbage-collector.ts'
import { nodeLifecycleController } from './controllers/node-lifecycle-controller.ts'
import { podGarbageCollector } from './controllers/pod-garbage-collector.ts'
import { replicaSetController } from './controllers/replica-set-controller.ts'
import { statefulSetController } from './controllers/stateful-set-controller.ts'
import { taintEvictionController } from './controllers/taint-eviction-controller.ts'
import { volumeController } from './controllers/volume-controller.ts'
import { createKubelets } from './kubelet.ts'
import { namespaceManifest } from './manifests.ts'
import type { ObjectStore } from './object-store.ts'
import { typedObjects, type Objects } from './objects.ts'
import { createRandom } from './random.ts'
import { runScheduler } from './scheduler/embedded-scheduler.ts'
import { NO_QUIRKS, type SchedulerQuirks } from './scheduler/scheduler-quirks.ts'
import { createObjectStore } from './store.ts'
import { createStoreMirror } from './store-mirror.ts'
import { DEFAULT_TIMINGS, type Timings } from './timings.ts'

export interface EmbeddedClusterOptions {
  readonly clock: Clock
  /** Everything that is left to chance is drawn from it: with a virtual clock, the same seed gives the same story. */
  readonly seed: number
  readonly timings?: Partial<Timings>
  readonly profiles?: SchedulerProfiles
  readonly quirks?: Partial<SchedulerQuirks>
}

/** A Kubernetes cluster in one process: the store with everything that makes its objects live. */
export interface EmbeddedCluster extends ClusterActions {
  readonly store: ObjectStore
  readonly objects: Objects
  /** The objects as records, always up to date. */
  readonly state: ClusterReader
  readonly clock: Clock
  /** Starts controllers, scheduler and kubelets. Objects may be applied before and after. */
  start(): void
  /** Stops all of them for good and cancels their timers; the objects stay. */
  stop(): void
}

const CONTROLLERS: readonly Controller[] = [
  deploymentController,
  replicaSetController,
  statefulSetController,
  daemonSetController,
  garbageCollector,
  podGarbageCollector,
  taintEvictionController,
  volumeController,
]

export function createEmbeddedCluster(options: EmbeddedClusterOptions): EmbeddedCluster {
  const { clock, profiles = DEFAULT_PROFILES } = options
  const timings: Timings = { ...DEFAULT_TIMINGS, ...options.timings }
  const quirks: SchedulerQuirks = { ...NO_QUIRKS, ...options.quirks }
  const random = createRandom(options.seed)
  const store: ObjectStore = createObjectStore({
    now: () => clock.now(),
    random: random.fork('store'),
    admit: (resource, object) => admit(resource, object, objects, timings.defaultToleration),
  })
  const objects = typedObjects(store)
  for (const name of ['default', 'kube-system']) {
    store.create('namespaces', namespaceManifest(name))
  }
  const mirror = createStoreMirror(store, { clock })
  const context: ControllerContext = { store, objects, clock, random, timings }
  const kubelets = createKubelets(context)
  const running: (() => void)[] = []

  return {
    ...createClusterActions(store, objects, kubelets, clock),
    store,
    objects,
    state: mirror.state,
    clock,
    start: () => {
      if (running.length > 0) return
      for (const start of CONTROLLERS) running.push(start(context))
      running.push(nodeLifecycleController(context, kubelets), disruptionController(context, mirror.state))
      running.push(runScheduler(context, profiles, quirks))
      kubelets.start()
    },
    stop: () => {
      for (const stop of running.splice(0)) stop()
      kubelets.stop()
      mirror.stop()
    },
  }
}
