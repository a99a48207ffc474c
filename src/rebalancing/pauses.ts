import { ANNOTATIONS } from '../cluster/annotations.ts'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { Labels } from '../cluster/labels.ts'
import type { WorkloadHold } from '../planning/situation.ts'

const CONTROLLERS = ['ReplicaSet', 'StatefulSet', 'ReplicationController'] as const

/** Workloads that `respread.io/paused: "true"` holds: on the controller of the pods, on the Deployment over it, or on their namespace. */
export function pausedHolds(cluster: ClusterReader): readonly WorkloadHold[] {
  const holds: WorkloadHold[] = []
  for (const kind of CONTROLLERS) {
    for (const controller of cluster.all(kind)) {
      if (controller.replicas === 0) continue
      const { namespace } = controller
      const owner = controller.controller ?? controller
      const above = owner.kind === 'Deployment' ? cluster.get('Deployment', `${namespace}/${owner.name}`) : undefined
      const paused = isPaused(controller.annotations) || isPaused(above?.annotations)
      const where = paused ? `${owner.kind} ${owner.name}` : `namespace ${namespace}`
      if (!paused && !isPaused(cluster.get('Namespace', namespace)?.annotations)) continue
      const message = `${ANNOTATIONS.paused} is "true" on ${where}`
      holds.push({ namespace, kind: owner.kind, name: owner.name, reason: 'Paused', until: undefined, message })
    }
  }
  return holds
}

function isPaused(annotations: Labels | undefined): boolean {
  return annotations?.get(ANNOTATIONS.paused) === 'true'
}
