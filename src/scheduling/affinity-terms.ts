import type { ClusterReader } from '../cluster/cluster-state.ts'
import { matchesLabels } from '../cluster/label-selector.ts'
import { NO_LABELS } from '../cluster/labels.ts'
import { NAME_LABEL } from '../cluster/namespace.ts'
import type { PodAffinityTerm, PodRecord } from '../cluster/pod.ts'

/**
 * Whether a pod (anti-)affinity term of a pod that is already there, in namespace `holder`, looks into the namespace of an incoming pod (upstream's
 * AffinityTerm, 1.36): the named namespaces and those that namespaceSelector matches; the holder's own when it says neither.
 * `namespaceSelector: {}` is every namespace. One that is not in the data has at least the label that all have.
 */
export function reachesNamespace(cluster: ClusterReader, term: PodAffinityTerm, holder: string, namespace: string): boolean {
  if (term.namespaces.includes(namespace)) return true
  if (term.namespaceSelector === undefined) return term.namespaces.length === 0 && namespace === holder
  return matchesLabels(term.namespaceSelector, cluster.get('Namespace', namespace)?.labels ?? new Map([[NAME_LABEL, namespace]]))
}

/**
 * The same of an incoming pod's own term: a selector that asks for no label, with NotIn or DoesNotExist alone, looks into every namespace. Upstream
 * adds the namespaces that the selector matches to those named and means to drop the selector, but does so on a copy of the term; it then asks what
 * is left of no labels at all (interpodaffinity/plugin.go mergeAffinityTermNamespacesIfNotEmpty, 1.36).
 */
export function incomingReachesNamespace(cluster: ClusterReader, term: PodAffinityTerm, holder: string, namespace: string): boolean {
  if (term.namespaceSelector !== undefined && matchesLabels(term.namespaceSelector, NO_LABELS)) return true
  return reachesNamespace(cluster, term, holder, namespace)
}

/**
 * Whether a term of an incoming pod selects the pod itself. matchLabelKeys are not read: the API server has merged them into the selector
 * when the pod was created.
 */
export function selectsItself(cluster: ClusterReader, term: PodAffinityTerm, { labels, namespace }: PodRecord): boolean {
  return matchesLabels(term.selector, labels) && incomingReachesNamespace(cluster, term, namespace, namespace)
}
