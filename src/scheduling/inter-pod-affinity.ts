import type { PodRecord } from '../cluster/pod.ts'
import { attractingPods, avoidedPods, repellingPods, weighedPods } from './affinity-pods.ts'
import { selectsItself } from './affinity-terms.ts'
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
interface RequiredPairs {
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
function requiredPairs(context: PluginContext, pod: PodRecord): RequiredPairs | undefined {
  const affinity = pod.spec.podAffinity.required
  const antiAffinity = pod.spec.podAntiAffinity.required
  const repelling = addUp(context, repellingPods(context, pod))
  if (affinity.length === 0 && antiAffinity.length === 0 && repelling.size === 0) return undefined
  const attracting = addUp(context, attractingPods(context, pod))
  const isFirst = attracting.size === 0 && affinity.every(term => selectsItself(context.cluster, term, pod))
  return { attracting, isFirst, avoided: addUp(context, avoidedPods(context, pod)), repelling }
}

/**
 * Preferred terms of the pod towards those already there, and theirs towards it; their required affinity pulls with the profile's
 * hardPodAffinityWeight (interpodaffinity/scoring.go, 1.36).
 */
export const interPodAffinityScore: Score = (context, pod, feasible) => {
  const pairs = addUp(context, weighedPods(context, pod))
  const raw = feasible.map(({ node }) => totalOn(pairs, node))
  const lowest = Math.min(...raw)
  const highest = Math.max(...raw)
  return raw.map(score => normalizePreference(score, lowest, highest))
}

/**
 * 0..100 between the least and the most wanted node. Divided before it is multiplied, in floating point: upstream's truncation differs by one
 * point otherwise (28.999... for 29 of 100).
 */
export function normalizePreference(score: number, lowest: number, highest: number): number {
  return highest === lowest ? 0 : Math.trunc(100 * ((score - lowest) / (highest - lowest)))
}
