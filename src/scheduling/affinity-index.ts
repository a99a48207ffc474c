import { memo } from '../cluster/memo.ts'
import type { PodRecord, PodSpec } from '../cluster/pod.ts'
import type { LabelledPods, PodsBySlot } from './labelled-pods.ts'
import { addTo } from './tallies.ts'

/** Pods that a term brings together with another pod, or keeps apart from it. */
export interface TermPods {
  readonly topologyKey: string
  readonly pods: PodsBySlot
  readonly weight: number
}

/**
 * Bound pods, terminating ones included, by what InterPodAffinity reads of them, so that each of its questions costs as much as there are
 * kinds of pods, not pods: replicas of one workload share their namespace and the interned labels and spec.
 */
export interface AffinityIndex {
  /** For terms of an incoming pod. */
  readonly pods: LabelledPods
  /** For terms of pods already there: only specs with any pod (anti-)affinity term, by spec and namespace. */
  readonly byTerms: ReadonlyMap<PodSpec, ReadonlyMap<string, PodsBySlot>>
  /**
   * What `find` found for an object and a question, remembered until some kind of pod comes or goes for good; pods that only move change the
   * counts in what was found, not what is found.
   */
  recall(about: object, question: string, find: () => readonly TermPods[]): readonly TermPods[]
}

export interface AdvancedAffinityIndex extends AffinityIndex {
  /** A pod came to stand on the node in a slot (1) or went from there (-1). */
  count(pod: PodRecord, slot: number, change: 1 | -1): void
  /** Forgets what was found: what namespaceSelectors read has changed. */
  forget(): void
}

/** @param pods advanced by whoever advances the index */
export function createAffinityIndex(pods: LabelledPods): AdvancedAffinityIndex {
  const byTerms = new Map<PodSpec, Map<string, Map<number, number>>>()

  let found = new WeakMap<object, Map<string, readonly TermPods[]>>()
  let foundAmong = pods.version
  const forget = (): void => {
    found = new WeakMap()
  }
  return {
    pods,
    byTerms,
    count({ spec, namespace }, slot, change) {
      if (!hasAffinityTerms(spec)) return
      const holders = memo(byTerms, spec, () => new Map<string, Map<number, number>>())
      const bySlot = memo(holders, namespace, () => new Map<number, number>())
      const wasEmpty = bySlot.size === 0
      addTo(bySlot, slot, change)
      if (bySlot.size > 0 && !wasEmpty) return
      // What left the cluster must not slow down later questions.
      if (bySlot.size === 0) holders.delete(namespace)
      if (holders.size === 0) byTerms.delete(spec)
      forget()
    },
    forget,
    recall(about, question, find) {
      if (foundAmong !== pods.version) forget()
      foundAmong = pods.version
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
