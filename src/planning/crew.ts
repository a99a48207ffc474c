import type { ClusterReader } from '../cluster/cluster-state.ts'
import { compareText } from '../cluster/compare-text.ts'
import type { PodRecord } from '../cluster/pod.ts'

/** The pods of one owner: all that is known of an owner without a record. */
export interface Crew {
  /** Pods that are Ready and stay. Of an owner that does not say how many it wants, no others are counted on. */
  readonly serving: number
  /** The key and the values of a label by which owners number their revisions, where not all pods have the same. */
  readonly mixture: { readonly key: string; readonly revisions: readonly string[] } | undefined
  /** Pods on their way out. */
  readonly leaving: readonly PodRecord[]
}

/** What controllers that roll out write on their pods, OpenKruise's and others' too. */
const REVISION_LABELS = ['controller-revision-hash', 'pod-template-hash'] as const

export function crewOf(cluster: ClusterReader, controllerUid: string): Crew {
  const pods = [...cluster.podsOf(controllerUid)].sort((a, b) => compareText(a.name, b.name))
  const staying = pods.filter(({ deletedAt }) => deletedAt === undefined)
  return {
    serving: staying.filter(({ ready }) => ready).length,
    mixture: mixtureIn(staying),
    leaving: pods.filter(({ deletedAt }) => deletedAt !== undefined),
  }
}

function mixtureIn(pods: readonly PodRecord[]): Crew['mixture'] {
  for (const key of REVISION_LABELS) {
    const revisions = new Set(pods.flatMap(({ labels }) => labels.get(key) ?? []))
    if (revisions.size > 1) return { key, revisions: [...revisions].sort() }
  }
  return undefined
}
