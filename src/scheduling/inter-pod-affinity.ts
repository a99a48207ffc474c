import { matchesLabels } from '../cluster/label-selector.ts'
import type { PodAffinityTerm, PodRecord } from '../cluster/pod.ts'
import type { TermPods } from './affinity-index.ts'
import { incomingReachesNamespace, reachesNamespace, selectsItself } from './affinity-terms.ts'
import type { PodsBySlot } from './labelled-pods.ts'
import type { Filter, PluginContext, Refused, Score } from './plugin.ts'
import { addUp, amountOn, totalOn, type TopologyPairs } from './topology-pairs.ts'

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
  if (affinity.length === 0 && antiAffinity.length === 0 && context.affinity.byTerms.size === 0) return undefined
  const repelling = addUp(context, recall(context, pod.labels, pod, 'repelling', repellingPods))
  if (affinity.length === 0 && antiAffinity.length === 0 && repelling.size === 0) return undefined
  const attracting = addUp(context, recall(context, pod.spec, pod, 'attracting', attractingPods))
  const isFirst = attracting.size === 0 && affinity.every(term => selectsItself(context.cluster, term, pod))
  return { attracting, isFirst, avoided: addUp(context, recall(context, pod.spec, pod, 'avoided', avoidedPods)), repelling }
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
  const { hardPodAffinityWeight } = context.profile
  const own = recall(context, pod.spec, pod, 'preferred', preferredPods)
  const others = recall(context, pod.labels, pod, `preferring at ${hardPodAffinityWeight}`, podsThatPrefer)
  return addUp(context, [...own, ...others])
}

/**
 * 0..100 between the least and the most wanted node. Divided before it is multiplied, in floating point: upstream's truncation differs by one
 * point otherwise (28.999... for 29 of 100).
 */
export function normalizePreference(score: number, lowest: number, highest: number): number {
  return highest === lowest ? 0 : Math.trunc(100 * ((score - lowest) / (highest - lowest)))
}

type Find = (context: PluginContext, pod: PodRecord) => readonly TermPods[]

/** What the question finds, remembered under whatever of the pod it reads besides its namespace. */
function recall(context: PluginContext, reads: object, pod: PodRecord, question: string, find: Find): readonly TermPods[] {
  return context.affinity.recall(reads, `${pod.namespace} ${question}`, () => find(context, pod))
}

/** Pods that match every required affinity term, for each term's key: only those are worth joining. */
const attractingPods: Find = ({ cluster, affinity }, { namespace: own, spec }) => {
  const terms = spec.podAffinity.required
  if (terms.length === 0) return []
  const found: TermPods[] = []
  for (const [namespace, { byLabels }] of affinity.pods.namespaces) {
    if (!terms.every(term => incomingReachesNamespace(cluster, term, own, namespace))) continue
    for (const [labels, { bySlot: pods }] of byLabels) {
      if (!terms.every(term => matchesLabels(term.selector, labels))) continue
      for (const { topologyKey } of terms) found.push({ topologyKey, pods, weight: 1 })
    }
  }
  return found
}

/** Pods that match any required anti-affinity term, for that term's key. */
const avoidedPods: Find = (context, pod) => {
  const found: TermPods[] = []
  for (const term of pod.spec.podAntiAffinity.required) addSelected(found, context, pod, term, 1)
  return found
}

/** Pods whose own required anti-affinity selects this one. */
const repellingPods: Find = (context, pod) => {
  const found: TermPods[] = []
  for (const [{ podAntiAffinity }, holders] of context.affinity.byTerms) {
    for (const term of podAntiAffinity.required) addSelecting(found, context, pod, term, holders, 1)
  }
  return found
}

/** Pods that this one prefers to be with, or without. */
const preferredPods: Find = (context, pod) => {
  const found: TermPods[] = []
  for (const { term, weight } of pod.spec.podAffinity.preferred) addSelected(found, context, pod, term, weight)
  for (const { term, weight } of pod.spec.podAntiAffinity.preferred) addSelected(found, context, pod, term, -weight)
  return found
}

/** Pods that prefer to be with this one, or without it. Those that must be with it count as well. */
const podsThatPrefer: Find = (context, pod) => {
  const { hardPodAffinityWeight } = context.profile
  const found: TermPods[] = []
  for (const [{ podAffinity, podAntiAffinity }, holders] of context.affinity.byTerms) {
    if (hardPodAffinityWeight > 0) {
      for (const term of podAffinity.required) addSelecting(found, context, pod, term, holders, hardPodAffinityWeight)
    }
    for (const { term, weight } of podAffinity.preferred) addSelecting(found, context, pod, term, holders, weight)
    for (const { term, weight } of podAntiAffinity.preferred) addSelecting(found, context, pod, term, holders, -weight)
  }
  return found
}

/** Adds the pods that a term of this pod selects. */
function addSelected(found: TermPods[], { cluster, affinity }: PluginContext, pod: PodRecord, term: PodAffinityTerm, weight: number): void {
  for (const [namespace, { byLabels }] of affinity.pods.namespaces) {
    if (!incomingReachesNamespace(cluster, term, pod.namespace, namespace)) continue
    for (const [labels, { bySlot: pods }] of byLabels) {
      if (matchesLabels(term.selector, labels)) found.push({ topologyKey: term.topologyKey, pods, weight })
    }
  }
}

/** Adds those holders of a term (by namespace) whose term selects this pod. */
function addSelecting(
  found: TermPods[],
  { cluster }: PluginContext,
  pod: PodRecord,
  term: PodAffinityTerm,
  holders: ReadonlyMap<string, PodsBySlot>,
  weight: number,
): void {
  if (!matchesLabels(term.selector, pod.labels)) return
  for (const [holder, pods] of holders) {
    if (reachesNamespace(cluster, term, holder, pod.namespace)) found.push({ topologyKey: term.topologyKey, pods, weight })
  }
}
