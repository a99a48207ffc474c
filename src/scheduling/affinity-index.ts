import type { Labels } from '../cluster/labels.ts'
import { memo } from '../cluster/memo.ts'
import type { PodAffinityTerm, PodRecord, PodSpec } from '../cluster/pod.ts'
import { createSelectorIndex } from '../cluster/selector-index.ts'
import type { LabelledPods, PodsBySlot } from './labelled-pods.ts'
import { addTo } from './tallies.ts'

/** Pods that a term brings together with another pod, or keeps apart from it. */
export interface TermPods {
  readonly topologyKey: string
  readonly pods: PodsBySlot
  readonly weight: number
}

/** A term of pods that are there already. */
export interface HeldTerm {
  readonly kind: 'requiredAffinity' | 'requiredAntiAffinity' | 'preferred'
  readonly term: PodAffinityTerm
  /** Of a preference, less than nothing for anti-affinity; 1 for what is required. */
  readonly weight: number
  /** Pods that have it, by namespace. */
  readonly holders: ReadonlyMap<string, PodsBySlot>
}

/**
 * Bound pods, terminating ones included, by what InterPodAffinity reads of them: replicas of one workload share their namespace and the interned
 * labels and spec. Terms find labels and labels find terms without a look at the others: where every chart brings an anti-affinity of its own
 * there are thousands of both.
 */
export interface AffinityIndex {
  /** For terms of an incoming pod. */
  readonly pods: LabelledPods
  /** No pod that is there has any pod (anti-)affinity term. */
  isEmpty(): boolean
  /** Terms of pods already there whose selector matches the labels. */
  termsSelecting(labels: Labels): readonly HeldTerm[]
  /**
   * What `find` found for an object, a namespace and a question, remembered until some kind of pod comes or goes for good; pods that only move
   * change the counts in what was found, not what is found.
   */
  recall(about: object, namespace: string, question: string, find: () => readonly TermPods[]): readonly TermPods[]
}

export interface AdvancedAffinityIndex extends AffinityIndex {
  /** A pod came to stand on the node in a slot (1) or went from there (-1). */
  count(pod: PodRecord, slot: number, change: 1 | -1): void
  /** Forgets what was found: what namespaceSelectors read has changed. */
  forget(): void
}

/** @param pods advanced by whoever advances the index */
export function createAffinityIndex(pods: LabelledPods): AdvancedAffinityIndex {
  const bySpec = new Map<PodSpec, Holders>()
  const terms = createSelectorIndex<HeldTerm>()

  let found = new WeakMap<object, Map<string, Map<string, readonly TermPods[]>>>()
  let foundAmong = pods.version
  const forget = (): void => {
    found = new WeakMap()
  }

  function addHolders(spec: PodSpec): Holders {
    const holders = new Map<string, Map<number, number>>()
    const held = heldTerms(spec, holders)
    for (const each of held) terms.add(each.term.selector, each)
    return { holders, held }
  }

  function countHolder({ spec, namespace }: PodRecord, slot: number, change: 1 | -1): void {
    const { holders, held } = memo(bySpec, spec, () => addHolders(spec))
    const bySlot = memo(holders, namespace, () => new Map<number, number>())
    const wasEmpty = bySlot.size === 0
    addTo(bySlot, slot, change)
    if (bySlot.size > 0 && !wasEmpty) return
    // What left the cluster must not slow down later questions.
    if (bySlot.size === 0) holders.delete(namespace)
    if (holders.size === 0) {
      for (const each of held) terms.delete(each)
      bySpec.delete(spec)
    }
    forget()
  }

  return {
    pods,
    isEmpty: () => bySpec.size === 0,
    termsSelecting: labels => terms.matching(labels),
    count(pod, slot, change) {
      if (hasAffinityTerms(pod.spec)) countHolder(pod, slot, change)
    },
    forget,
    recall(about, namespace, question, find) {
      if (foundAmong !== pods.version) forget()
      foundAmong = pods.version
      const byQuestion = memo(found, about, () => new Map<string, Map<string, readonly TermPods[]>>())
      return memo(
        memo(byQuestion, question, () => new Map<string, readonly TermPods[]>()),
        namespace,
        find,
      )
    },
  }
}

/** The pods of one spec, by namespace and slot, and its terms. */
interface Holders {
  readonly holders: Map<string, Map<number, number>>
  readonly held: readonly HeldTerm[]
}

function heldTerms({ podAffinity, podAntiAffinity }: PodSpec, holders: HeldTerm['holders']): readonly HeldTerm[] {
  return [
    ...podAffinity.required.map((term): HeldTerm => ({ kind: 'requiredAffinity', term, weight: 1, holders })),
    ...podAntiAffinity.required.map((term): HeldTerm => ({ kind: 'requiredAntiAffinity', term, weight: 1, holders })),
    ...podAffinity.preferred.map(({ term, weight }): HeldTerm => ({ kind: 'preferred', term, weight, holders })),
    ...podAntiAffinity.preferred.map(({ term, weight }): HeldTerm => ({ kind: 'preferred', term, weight: -weight, holders })),
  ]
}

function hasAffinityTerms({ podAffinity, podAntiAffinity }: PodSpec): boolean {
  const terms =
    podAffinity.required.length + podAffinity.preferred.length + podAntiAffinity.required.length + podAntiAffinity.preferred.length
  return terms > 0
}
