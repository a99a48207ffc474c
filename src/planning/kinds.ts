import type { PodRecord, PodSpec } from '../cluster/pod.ts'

/** Stands for pods that ask the same of nodes. */
export type Kind = PodSpec | PodRecord

/** Pods of one spec ask the same, unless they have volumes, which are a pod's own. */
export const kindOf = (pod: PodRecord): Kind => (pod.claims.length === 0 ? pod.spec : pod)

/** Of more than these nobody asks: each costs a look at the nodes. */
export const MOST_KINDS = 20

/**
 * One pod of each kind, in the order in which they are met: workloads that share a constraint need not ask for the same amounts, nor tolerate the
 * same taints. At most {@link MOST_KINDS}.
 */
export function kindsAmong(pods: readonly PodRecord[]): readonly PodRecord[] {
  const found = new Map<Kind, PodRecord>()
  let latest: Kind | undefined
  for (const pod of pods) {
    const kind = kindOf(pod)
    if (kind === latest) continue
    latest = kind
    if (!found.has(kind)) found.set(kind, pod)
    if (found.size === MOST_KINDS) break
  }
  return [...found.values()]
}
