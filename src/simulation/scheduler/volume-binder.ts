import type { ClusterReader, Delta } from '../../cluster/cluster-state.ts'
import type { PodRecord } from '../../cluster/pod.ts'
import { recordKey } from '../../cluster/records.ts'
import { CLAIM_ANNOTATIONS, type PersistentVolumeClaimRecord } from '../../cluster/volume.ts'
import type { Objects } from '../objects.ts'

/** Holds a pod back until its claims are bound (the PreBind of VolumeBinding): each claim is told the node, and its volume is made there. */
export interface VolumeBinder {
  /** Calls `ready` at once when the pod has no unbound claim. */
  prepare(pod: PodRecord, nodeName: string): void
  follow(delta: Delta): void
}

/**
 * @param state where claims are looked up
 * @param then what to do when every claim is bound, and when the node went away first
 */
export function createVolumeBinder(
  objects: Objects,
  state: ClusterReader,
  then: { readonly ready: (pod: PodRecord, nodeName: string) => void; readonly lost: (pod: PodRecord) => void },
): VolumeBinder {
  const waiting = new Map<string, { readonly pod: PodRecord; readonly nodeName: string }>()

  const unboundClaims = (pod: PodRecord): readonly PersistentVolumeClaimRecord[] =>
    pod.claims
      .map(name => state.get('PersistentVolumeClaim', `${pod.namespace}/${name}`))
      .filter(claim => claim !== undefined && !claim.bindCompleted) as readonly PersistentVolumeClaimRecord[]

  const selectNode = (claim: PersistentVolumeClaimRecord, nodeName: string | undefined): void => {
    objects.update('persistentvolumeclaims', claim, current => {
      const { [CLAIM_ANNOTATIONS.selectedNode]: _, ...annotations } = current.metadata.annotations ?? {}
      return {
        ...current,
        metadata: {
          ...current.metadata,
          annotations: nodeName === undefined ? annotations : { ...annotations, [CLAIM_ANNOTATIONS.selectedNode]: nodeName },
        },
      }
    })
  }

  /** The pod is not bound to a node that has gone: its claims must be free to be provisioned elsewhere. */
  const giveUp = (key: string, pod: PodRecord): void => {
    waiting.delete(key)
    for (const claim of unboundClaims(pod)) selectNode(claim, undefined)
    then.lost(pod)
  }

  return {
    prepare: (pod, nodeName) => {
      const unbound = unboundClaims(pod)
      if (unbound.length === 0) return then.ready(pod, nodeName)
      waiting.set(recordKey(pod), { pod, nodeName })
      for (const claim of unbound) selectNode(claim, nodeName)
    },
    follow: ({ kind, key, after }) => {
      if (kind === 'Pod' && after === undefined) waiting.delete(key)
      for (const [waitingKey, { pod, nodeName }] of waiting) {
        if (kind === 'Node' && key === nodeName && after === undefined) giveUp(waitingKey, pod)
        if (kind !== 'PersistentVolumeClaim' || unboundClaims(pod).length > 0) continue
        waiting.delete(waitingKey)
        then.ready(pod, nodeName)
      }
    },
  }
}
