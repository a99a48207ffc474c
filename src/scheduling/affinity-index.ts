import type { Labels } from '../cluster/labels.ts'
import type { PodRecord, PodSpec } from '../cluster/pod.ts'

/** Number of pods by node name. */
export type PodsByNode = ReadonlyMap<string, number>

/**
 * Bound pods, terminating ones included, by what InterPodAffinity reads of them, so that each of its questions costs as much as there are
 * kinds of pods, not pods: replicas of one workload share their namespace and the interned labels and spec.
 */
export interface AffinityIndex {
  /** For terms of an incoming pod: by namespace and labels. */
  readonly byLabels: ReadonlyMap<string, ReadonlyMap<Labels, PodsByNode>>
  /** For terms of pods already there: only specs with any pod (anti-)affinity term, by spec and namespace. */
  readonly byTerms: ReadonlyMap<PodSpec, ReadonlyMap<string, PodsByNode>>
}

/** An {@link AffinityIndex} that is advanced pod by pod. `remove` takes a pod that was added, with the same node. */
export interface MutableAffinityIndex extends AffinityIndex {
  add(pod: PodRecord, nodeName: string): void
  remove(pod: PodRecord, nodeName: string): void
}

export function createAffinityIndex(): MutableAffinityIndex {
  const byLabels: Counts<string, Labels> = new Map()
  const byTerms: Counts<PodSpec, string> = new Map()

  const count = (pod: PodRecord, nodeName: string, change: 1 | -1): void => {
    addTo(byLabels, pod.namespace, pod.labels, nodeName, change)
    if (hasAffinityTerms(pod.spec)) addTo(byTerms, pod.spec, pod.namespace, nodeName, change)
  }
  return {
    byLabels,
    byTerms,
    add: (pod, nodeName) => count(pod, nodeName, 1),
    remove: (pod, nodeName) => count(pod, nodeName, -1),
  }
}

function hasAffinityTerms({ podAffinity, podAntiAffinity }: PodSpec): boolean {
  return [podAffinity, podAntiAffinity].some(({ required, preferred }) => required.length > 0 || preferred.length > 0)
}

type Counts<A, B> = Map<A, Map<B, Map<string, number>>>

/** Entries that fall to zero go, level by level: what left the cluster must not slow down later questions. */
function addTo<A, B>(counts: Counts<A, B>, outer: A, inner: B, nodeName: string, change: number): void {
  const middle = counts.get(outer) ?? new Map<B, Map<string, number>>()
  const nodes = middle.get(inner) ?? new Map<string, number>()
  const pods = (nodes.get(nodeName) ?? 0) + change
  if (pods > 0) {
    nodes.set(nodeName, pods)
    middle.set(inner, nodes)
    counts.set(outer, middle)
    return
  }
  nodes.delete(nodeName)
  if (nodes.size === 0) middle.delete(inner)
  if (middle.size === 0) counts.delete(outer)
}
