import { isDeepStrictEqual } from 'node:util'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { Labels } from '../cluster/labels.ts'
import type { PodAffinity, PodRecord, PodSpec } from '../cluster/pod.ts'
import type { Resources } from '../cluster/resources.ts'
import { globalDefault, priorityOf, withDefaultTolerations, withLabelKeysMerged, type Priority } from './admission.ts'

/** The spec of a replacement, and whether it is the pod's own or one made from the template. */
export type ReplacementSpec =
  { readonly kind: 'own' | 'template'; readonly spec: PodSpec } | { readonly kind: 'refused'; readonly problem: string }

/**
 * The spec that the pod's replacement will have. The pod's own is the best witness of what admission (LimitRanges, RuntimeClasses, webhooks that
 * inject sidecars) makes of the template, and is taken as the very same object, unless the template was changed since: `isProven` says that it was
 * not; else the template has to be found in the pod's spec again. A changed template is completed by the API server's own admission alone; what
 * RuntimeClasses add (plugin/pkg/admission/runtimeclass, 1.36: overhead, nodeSelector, tolerations) is not among the data.
 */
export function replacementSpec(
  cluster: ClusterReader,
  template: PodSpec,
  labels: Labels,
  pod: PodRecord,
  isProven: boolean,
): ReplacementSpec {
  const priority = replacementPriority(cluster, template, pod.spec)
  if (priority === undefined) {
    return {
      kind: 'refused',
      problem: `its PriorityClass ${template.priorityClassName ?? pod.spec.priorityClassName ?? ''} does not exist`,
    }
  }
  const isOwn = isProven || completes(pod.spec, template, labels)
  if (isOwn) return { kind: 'own', spec: withPriority(pod.spec, priority) }
  if (template.runtimeClassName !== undefined) {
    return {
      kind: 'refused',
      problem: `what its RuntimeClass ${template.runtimeClassName} adds to a template that was changed cannot be told`,
    }
  }
  const spec = { ...withLabelKeysMerged(template, labels), tolerations: withDefaultTolerations(template.tolerations), ...priority }
  return { kind: 'template', spec }
}

/** A class that only the pod names was the global default or a webhook's choice; without a default today the latter is likelier. */
function replacementPriority(
  cluster: ClusterReader,
  template: PodSpec,
  { priority, priorityClassName, preemptionPolicy }: PodSpec,
): Priority | undefined {
  if (!cluster.knows('PriorityClass')) return { priority, priorityClassName, preemptionPolicy }
  return priorityOf(cluster, template.priorityClassName ?? globalDefault(cluster)?.name ?? priorityClassName)
}

function withPriority(spec: PodSpec, { priority, priorityClassName, preemptionPolicy }: Priority): PodSpec {
  const isSame = spec.priority === priority && spec.priorityClassName === priorityClassName && spec.preemptionPolicy === preemptionPolicy
  return isSame ? spec : { ...spec, priority, priorityClassName, preemptionPolicy }
}

/** Whether a pod's spec can be the template's with additions: everything of the template is in it, and it asks for no less. */
function completes(spec: PodSpec, template: PodSpec, labels: Labels): boolean {
  // Pods from before 1.34 do not have label keys merged into their constraints.
  const own = withLabelKeysMerged(spec, labels)
  const written = withLabelKeysMerged(template, labels)
  return (
    own.schedulerName === written.schedulerName &&
    (written.runtimeClassName === undefined || own.runtimeClassName === written.runtimeClassName) &&
    includesAll([...own.nodeSelector], [...written.nodeSelector]) &&
    (written.requiredNodeAffinity === undefined || isDeepStrictEqual(own.requiredNodeAffinity, written.requiredNodeAffinity)) &&
    includesAll(own.preferredNodeAffinity, written.preferredNodeAffinity) &&
    includesTerms(own.podAffinity, written.podAffinity) &&
    includesTerms(own.podAntiAffinity, written.podAntiAffinity) &&
    includesAll(own.topologySpreadConstraints, written.topologySpreadConstraints) &&
    includesAll(own.tolerations, written.tolerations) &&
    includesAll(own.hostPorts, written.hostPorts) &&
    includesAll(own.inlineDisks, written.inlineDisks) &&
    includesAll(own.images, written.images) &&
    asksForNoLess(own.requests, written.requests)
  )
}

function includesTerms(own: PodAffinity, written: PodAffinity): boolean {
  return includesAll(own.required, written.required) && includesAll(own.preferred, written.preferred)
}

/** What is written twice has to be there twice: two containers may have one image. */
function includesAll(own: readonly unknown[], written: readonly unknown[]): boolean {
  const left = [...own]
  return written.every(item => {
    const index = left.findIndex(other => isDeepStrictEqual(other, item))
    if (index !== -1) left.splice(index, 1)
    return index !== -1
  })
}

function asksForNoLess(own: Resources, written: Resources): boolean {
  if (own.cpu < written.cpu || own.memory < written.memory || own.ephemeralStorage < written.ephemeralStorage) return false
  return Array.from(written.scalars).every(([name, amount]) => (own.scalars.get(name) ?? 0) >= amount)
}
