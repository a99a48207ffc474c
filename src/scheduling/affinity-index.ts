import type { Labels } from '../cluster/labels.ts'
import { memo } from '../cluster/memo.ts'
import type { PodRecord, PodSpec } from '../cluster/pod.ts'

/** Number of pods by node name. */
export type PodsByNode = ReadonlyMap<string, number>

/** Pods that a term brings together with another pod, or keeps apart from it. */
export interface TermPods {
  readonly topologyKey: string
  readonly pods: PodsByNode
  readonly weight: number
}

/**
 * Bound pods, terminating ones included, by what InterPodAffinity reads of them, so that each of its questions costs as much as there are
 * kinds of pods, not pods: replicas of one workload share their namespace and the interned labels and spec.
 */
export interface AffinityIndex {
  /** For terms of an incoming pod: by namespace and labels. */
  readonly byLabels: ReadonlyMap<string, ReadonlyMap<Labels, PodsByNode>>
  /** For terms of pods already there: only specs with any pod (anti-)affinity term, by spec and namespace. */
  readonly byTerms: ReadonlyMap<PodSpec, ReadonlyMap<string, PodsByNode>>
  /**
   * What `find` found for an object and a question, remembered until some kind of pod comes or goes for good; pods that only move change the
   * counts in what was found, not what is found.
   */
  recall(about: object, question: string, find: () => readonly TermPods[]): readonly TermPods[]
}

/** An {@link AffinityIndex} that is advanced pod by pod. `remove` takes a pod that was added, with the same node. */
export interface MutableAffinityIndex extends AffinityIndex {
  add(pod: PodRecord, nodeName: string): void
  remove(pod: PodRecord, nodeName: string): void
  /** Forgets what was found: what namespaceSelectors read has changed. */
  forget(): void
}

export function createAffinityIndex(): MutableAffinityIndex {
  const byLabels: Counts<string, Labels> = new Map()
  const byTerms: Counts<PodSpec, string> = new Map()

  let found = new WeakMap<object, Map<string, readonly TermPods[]>>()
  const forget = (): void => {
    found = new WeakMap()
  }
  const count = (pod: PodRecord, nodeName: string, change: 1 | -1): void => {
    const isKnownKind = addTo(byLabels, pod.namespace, pod.labels, nodeName, change)
    const areKnownTerms = !hasAffinityTerms(pod.spec) || addTo(byTerms, pod.spec, pod.namespace, nodeName, change)
    if (!isKnownKind || !areKnownTerms) forget()
  }
  return {
    byLabels,
    byTerms,
    add: (pod, nodeName) => count(pod, nodeName, 1),
    remove: (pod, nodeName) => count(pod, nodeName, -1),
    forget,
    recall(about, question, find) {
      return memo(
        memo(found, about, () => new Map<string, readonly TermPods[]>()),
        question,
        find,
      )
    },
  }
}

function hasAffinityTerms({ podAffinity, podAntiAffinity }: PodSpec): boolean {
  const terms =
    podAffinity.required.length + podAffinity.preferred.length + podAntiAffinity.required.length + podAntiAffinity.preferred.length
  return terms > 0
}

type Counts<A, B> = Map<A, Map<B, Map<string, number>>>

/**
 * Entries that fall to zero go, level by level: what left the cluster must not slow down later questions. True when the entry was there before
 * and still is.
 */
function addTo<A, B>(counts: Counts<A, B>, outer: A, inner: B, nodeName: string, change: number): boolean {
  const middle = memo(counts, outer, () => new Map<B, Map<string, number>>())
  const nodes = memo(middle, inner, () => new Map<string, number>())
  const pods = (nodes.get(nodeName) ?? 0) + change
  const wasThere = nodes.size > 0
  if (pods > 0) {
    nodes.set(nodeName, pods)
    return wasThere
  }
  nodes.delete(nodeName)
  if (nodes.size === 0) middle.delete(inner)
  if (middle.size === 0) counts.delete(outer)
  return nodes.size > 0
}
