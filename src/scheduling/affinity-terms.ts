import type { ClusterReader } from '../cluster/cluster-state.ts'
import { matchesLabels } from '../cluster/label-selector.ts'
import { NAME_LABEL } from '../cluster/namespace.ts'
import type { PodAffinityTerm, PodRecord } from '../cluster/pod.ts'

/**
 * Whether a pod (anti-)affinity term of a pod in namespace `holder` looks into the given namespace (upstream's AffinityTerm, 1.36): the named
 * namespaces and those that namespaceSelector matches; the holder's own when it says neither. `namespaceSelector: {}` is every namespace.
 * One that is not in the data has at least the label that all have.
 */
export function reachesNamespace(cluster: ClusterReader, term: PodAffinityTerm, holder: string, namespace: string): boolean {
  if (term.namespaces.includes(namespace)) return true
  if (term.namespaceSelector === undefined) return term.namespaces.length === 0 && namespace === holder
  return matchesLabels(term.namespaceSelector, cluster.get('Namespace', namespace)?.labels ?? new Map([[NAME_LABEL, namespace]]))
}

/**
 * Whether a term of a pod in namespace `holder` selects the pod. matchLabelKeys are not read: the API server has merged them into the selector
 * when the pod was created.
 */
export function selectsPod(cluster: ClusterReader, term: PodAffinityTerm, holder: string, pod: PodRecord): boolean {
  return matchesLabels(term.selector, pod.labels) && reachesNamespace(cluster, term, holder, pod.namespace)
}
