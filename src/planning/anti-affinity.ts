import { matchesLabels } from '../cluster/label-selector.ts'
import type { PodRecord, WeightedPodAffinityTerm } from '../cluster/pod.ts'
import type { EffectiveConstraint } from '../scheduling/scheduler-model.ts'

/**
 * Soft anti-affinity of a pod to pods like itself, read as soft spread constraints with maxSkew 1: users write the one where they mean the
 * other. Terms that look into other namespaces have no counterpart among constraints and are left out, as are those that miss the pod itself.
 */
export function antiAffinityConstraints(pod: PodRecord): readonly EffectiveConstraint[] {
  const { preferred } = pod.spec.podAntiAffinity
  return preferred.length === 0 ? [] : preferred.filter(weighted => isAboutItsOwnKind(pod, weighted)).map(asConstraint)
}

function isAboutItsOwnKind(pod: PodRecord, { term }: WeightedPodAffinityTerm): boolean {
  const ownNamespaceOnly = term.namespaceSelector === undefined && term.namespaces.every(namespace => namespace === pod.namespace)
  return ownNamespaceOnly && term.selector.kind === 'requirements' && matchesLabels(term.selector, pod.labels)
}

function asConstraint({ term }: WeightedPodAffinityTerm): EffectiveConstraint {
  return {
    topologyKey: term.topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    maxSkew: 1,
    minDomains: undefined,
    selector: term.selector,
    matchLabelKeys: [],
    nodeAffinityPolicy: 'Honor',
    nodeTaintsPolicy: 'Ignore',
    origin: 'antiAffinity',
    selfMatch: true,
  }
}
