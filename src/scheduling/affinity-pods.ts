import { matchesLabels } from '../cluster/label-selector.ts'
import type { PodAffinityTerm, PodRecord } from '../cluster/pod.ts'
import type { HeldTerm, TermPods } from './affinity-index.ts'
import { incomingReachesNamespace, reachesNamespace } from './affinity-terms.ts'
import type { PluginContext } from './plugin.ts'

// Which pods InterPodAffinity looks at for an incoming pod (interpodaffinity/filtering.go and scoring.go, 1.36): terminating ones like any other. What
// is found is remembered under whatever of the pod it reads besides its namespace.

type Find = (context: PluginContext, pod: PodRecord) => readonly TermPods[]

/** Pods that match every required affinity term, for each term's key: only those are worth joining. */
export const attractingPods: Find = (context, pod) =>
  context.affinity.recall(pod.spec, pod.namespace, 'attracting', () => {
    const { cluster, affinity } = context
    const terms = pod.spec.podAffinity.required
    const [first, ...others] = terms
    const found: TermPods[] = []
    if (first === undefined) return found
    for (const namespace of affinity.pods.namespaces()) {
      if (!terms.every(term => incomingReachesNamespace(cluster, term, pod.namespace, namespace))) continue
      for (const { labels, bySlot: pods } of affinity.pods.matching(namespace, first.selector)) {
        if (!others.every(term => matchesLabels(term.selector, labels))) continue
        for (const { topologyKey } of terms) found.push({ topologyKey, pods, weight: 1 })
      }
    }
    return found
  })

/** Pods that match any required anti-affinity term, for that term's key. */
export const avoidedPods: Find = (context, pod) =>
  context.affinity.recall(pod.spec, pod.namespace, 'avoided', () =>
    pod.spec.podAntiAffinity.required.flatMap(term => selectedPods(context, pod, term, 1)),
  )

/** Pods whose own required anti-affinity selects this one. */
export const repellingPods: Find = (context, pod) => selectingPods(context, pod, 'requiredAntiAffinity')

/**
 * Pods that this one prefers to be with, or without, and those that prefer so of it. Those that must be with it pull with the profile's
 * hardPodAffinityWeight.
 */
export function weighedPods(context: PluginContext, pod: PodRecord): readonly TermPods[] {
  const { hardPodAffinityWeight: weight } = context.profile
  const dependents = weight === 0 ? [] : selectingPods(context, pod, 'requiredAffinity')
  return [...preferredPods(context, pod), ...selectingPods(context, pod, 'preferred'), ...dependents.map(each => ({ ...each, weight }))]
}

const preferredPods: Find = (context, pod) =>
  context.affinity.recall(pod.spec, pod.namespace, 'wanted', () => {
    const { podAffinity, podAntiAffinity } = pod.spec
    return [
      ...podAffinity.preferred.flatMap(({ term, weight }) => selectedPods(context, pod, term, weight)),
      ...podAntiAffinity.preferred.flatMap(({ term, weight }) => selectedPods(context, pod, term, -weight)),
    ]
  })

/** The pods that a term of this pod selects. */
function selectedPods({ cluster, affinity }: PluginContext, pod: PodRecord, term: PodAffinityTerm, weight: number): readonly TermPods[] {
  const { topologyKey } = term
  return Array.from(affinity.pods.namespaces()).flatMap(namespace => {
    if (!incomingReachesNamespace(cluster, term, pod.namespace, namespace)) return []
    return affinity.pods.matching(namespace, term.selector).map(({ bySlot: pods }): TermPods => ({ topologyKey, pods, weight }))
  })
}

/** Those pods already there that have a term of that kind which selects this pod. */
function selectingPods({ cluster, affinity }: PluginContext, pod: PodRecord, kind: HeldTerm['kind']): readonly TermPods[] {
  return affinity.recall(pod.labels, pod.namespace, kind, () => {
    const found: TermPods[] = []
    for (const { kind: other, term, weight, holders } of affinity.termsSelecting(pod.labels)) {
      if (other !== kind) continue
      for (const [holder, pods] of holders) {
        if (reachesNamespace(cluster, term, holder, pod.namespace)) found.push({ topologyKey: term.topologyKey, pods, weight })
      }
    }
    return found
  })
}
