import { matchesLabels } from '../cluster/label-selector.ts'
import type { PodAffinityTerm, PodRecord } from '../cluster/pod.ts'
import type { PodsByNode } from './affinity-index.ts'
import { reachesNamespace, selectsPod } from './affinity-terms.ts'
import type { Filter, PluginContext, Refused, Score } from './plugin.ts'
import { addPods, amountOn, totalOn, type TopologyPairs } from './topology-pairs.ts'

export const AFFINITY: Refused = { status: 'UnschedulableAndUnresolvable', message: "node(s) didn't match pod affinity rules" }
export const ANTI_AFFINITY: Refused = { status: 'Unschedulable', message: "node(s) didn't match pod anti-affinity rules" }
export const EXISTING_ANTI_AFFINITY: Refused = {
  status: 'Unschedulable',
  message: "node(s) didn't satisfy existing pods anti-affinity rules",
}

/**
 * Required pod affinity and anti-affinity of the pod, and required anti-affinity of the pods already there against it
 * (interpodaffinity/filtering.go, 1.36). Terminating pods count like any other. Required affinity binds only the pod that has it.
 */
export const interPodAffinityFilter: Filter = (context, pod) => {
  const pairs = requiredPairs(context, pod)
  if (pairs === undefined) return undefined
  const { attracting, isFirst, avoided, repelling } = pairs

  return ({ node }) => {
    const joins = pod.spec.podAffinity.required.every(({ topologyKey }) =>
      isFirst ? node.labels.has(topologyKey) : amountOn(attracting, node, topologyKey) > 0,
    )
    if (!joins) return AFFINITY
    if (totalOn(avoided, node) > 0) return ANTI_AFFINITY
    return totalOn(repelling, node) > 0 ? EXISTING_ANTI_AFFINITY : undefined
  }
}

/** The domains that decide on required terms, by the pods that are in them. */
export interface RequiredPairs {
  /** Pods worth joining. */
  readonly attracting: TopologyPairs
  /** There are none, and the pod matches its own terms: it may go wherever the keys are. */
  readonly isFirst: boolean
  /** Pods that this one keeps away from. */
  readonly avoided: TopologyPairs
  /** Pods that keep this one away. */
  readonly repelling: TopologyPairs
}

/** Undefined when no required term has anything to do with the pod. */
export function requiredPairs(context: PluginContext, pod: PodRecord): RequiredPairs | undefined {
  const affinity = pod.spec.podAffinity.required
  const antiAffinity = pod.spec.podAntiAffinity.required
  const repelling = pairsRepelling(context, pod)
  if (affinity.length === 0 && antiAffinity.length === 0 && repelling.size === 0) return undefined
  const attracting = pairsAttracting(context, pod, affinity)
  const isFirst = attracting.size === 0 && affinity.every(term => selectsPod(context.cluster, term, pod.namespace, pod))
  return { attracting, isFirst, avoided: pairsAvoided(context, pod, antiAffinity), repelling }
}

/**
 * Preferred terms of the pod towards those already there, and theirs towards it; their required affinity pulls with the profile's
 * hardPodAffinityWeight (interpodaffinity/scoring.go, 1.36).
 */
export const interPodAffinityScore: Score = (context, pod, feasible) => {
  const pairs = preferredPairs(context, pod)
  const raw = feasible.map(({ node }) => totalOn(pairs, node))
  const lowest = Math.min(...raw)
  const highest = Math.max(...raw)
  return raw.map(score => normalizePreference(score, lowest, highest))
}

/** What each domain is worth to the pod. */
export function preferredPairs(context: PluginContext, pod: PodRecord): TopologyPairs {
  const pairs: TopologyPairs = new Map()
  addOwnPreferences(pairs, context, pod)
  addPreferencesOfOthers(pairs, context, pod)
  return pairs
}

/**
 * 0..100 between the least and the most wanted node. Divided before it is multiplied, in floating point: upstream's truncation differs by one
 * point otherwise (28.999... for 29 of 100).
 */
export function normalizePreference(score: number, lowest: number, highest: number): number {
  return highest === lowest ? 0 : Math.trunc(100 * ((score - lowest) / (highest - lowest)))
}

/** Domains of the pods that match every required affinity term, for each term's key: only those pods are worth joining. */
function pairsAttracting(context: PluginContext, pod: PodRecord, terms: readonly PodAffinityTerm[]): TopologyPairs {
  const pairs: TopologyPairs = new Map()
  if (terms.length === 0) return pairs
  for (const [namespace, byLabels] of context.affinity.byLabels) {
    if (!terms.every(term => reachesNamespace(context.cluster, term, pod.namespace, namespace))) continue
    for (const [labels, pods] of byLabels) {
      if (!terms.every(term => matchesLabels(term.selector, labels))) continue
      for (const { topologyKey } of terms) addPods(pairs, context, topologyKey, pods, 1)
    }
  }
  return pairs
}

/** Domains of the pods that match any required anti-affinity term, for that term's key. */
function pairsAvoided(context: PluginContext, pod: PodRecord, terms: readonly PodAffinityTerm[]): TopologyPairs {
  const pairs: TopologyPairs = new Map()
  for (const term of terms) addSelected(pairs, context, pod, term, 1)
  return pairs
}

/** Domains of the pods whose own required anti-affinity selects this one. */
function pairsRepelling(context: PluginContext, pod: PodRecord): TopologyPairs {
  const pairs: TopologyPairs = new Map()
  for (const [spec, byNamespace] of context.affinity.byTerms) {
    for (const term of spec.podAntiAffinity.required) addSelecting(pairs, context, pod, term, byNamespace, 1)
  }
  return pairs
}

function addOwnPreferences(pairs: TopologyPairs, context: PluginContext, pod: PodRecord): void {
  for (const { term, weight } of pod.spec.podAffinity.preferred) addSelected(pairs, context, pod, term, weight)
  for (const { term, weight } of pod.spec.podAntiAffinity.preferred) addSelected(pairs, context, pod, term, -weight)
}

function addPreferencesOfOthers(pairs: TopologyPairs, context: PluginContext, pod: PodRecord): void {
  const { hardPodAffinityWeight } = context.profile
  for (const [{ podAffinity, podAntiAffinity }, byNamespace] of context.affinity.byTerms) {
    if (hardPodAffinityWeight > 0) {
      for (const term of podAffinity.required) addSelecting(pairs, context, pod, term, byNamespace, hardPodAffinityWeight)
    }
    for (const { term, weight } of podAffinity.preferred) addSelecting(pairs, context, pod, term, byNamespace, weight)
    for (const { term, weight } of podAntiAffinity.preferred) addSelecting(pairs, context, pod, term, byNamespace, -weight)
  }
}

/** Adds the pods that a term of this pod selects. */
function addSelected(pairs: TopologyPairs, context: PluginContext, pod: PodRecord, term: PodAffinityTerm, weight: number): void {
  for (const [namespace, byLabels] of context.affinity.byLabels) {
    if (!reachesNamespace(context.cluster, term, pod.namespace, namespace)) continue
    for (const [labels, pods] of byLabels) {
      if (matchesLabels(term.selector, labels)) addPods(pairs, context, term.topologyKey, pods, weight)
    }
  }
}

/** Adds those holders of a term (by namespace) whose term selects this pod. */
function addSelecting(
  pairs: TopologyPairs,
  context: PluginContext,
  pod: PodRecord,
  term: PodAffinityTerm,
  holders: ReadonlyMap<string, PodsByNode>,
  weight: number,
): void {
  if (!matchesLabels(term.selector, pod.labels)) return
  for (const [holder, pods] of holders) {
    if (reachesNamespace(context.cluster, term, holder, pod.namespace)) addPods(pairs, context, term.topologyKey, pods, weight)
  }
}
