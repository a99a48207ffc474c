import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'

/** Unbound pods that preemption has promised a node (`status.nominatedNodeName`). */
export interface Nominations {
  add(pod: PodRecord, nodeName: string): void
  remove(pod: PodRecord, nodeName: string): void
  isEmpty(): boolean
  /** Names of the nodes that are promised to somebody. */
  nodes(): readonly string[]
  /**
   * Those promised the node that a pod must leave room for: of its own priority or a higher one. A node takes the pod only if it does so with
   * and without them (runtime/framework.go RunFilterPluginsWithNominatedPods, 1.36).
   */
  before(pod: PodRecord, nodeName: string): readonly PodRecord[]
}

export function createNominations(): Nominations {
  const byNode = new Map<string, Set<PodRecord>>()
  return {
    add(pod, nodeName) {
      memo(byNode, nodeName, () => new Set()).add(pod)
    },
    remove(pod, nodeName) {
      const pods = byNode.get(nodeName)
      pods?.delete(pod)
      if (pods?.size === 0) byNode.delete(nodeName)
    },
    isEmpty: () => byNode.size === 0,
    nodes: () => [...byNode.keys()],
    before: (pod, nodeName) => {
      const pods = byNode.get(nodeName)
      if (pods === undefined) return []
      return [...pods].filter(({ uid, spec }) => uid !== pod.uid && spec.priority >= pod.spec.priority)
    },
  }
}
