import { matchesLabels, parseLabelSelector } from '../../cluster/label-selector.ts'
import type { LabelSelector } from '../../cluster/labels.ts'
import type { RawObject } from '../object-store.ts'
import { isControlledBy, isTerminating } from '../pod-facts.ts'
import { keyOf } from '../sorted-objects.ts'
import type { PodObject } from '../wire-objects.ts'
import { ownerKey, type ControllerContext, type WatchedEvent } from './controller.ts'
import { controllerRef } from './pod-template.ts'

type Owner = RawObject & { readonly spec?: { readonly selector?: unknown } }

/**
 * Lets go of pods that the owner's selector selects no more, as when somebody relabels one to look at it in peace, and takes in those that it selects and
 * nobody controls (controller_ref_manager.go ClaimPods).
 * @param fits what else a pod must be to belong to the owner
 */
export function claimPods(context: ControllerContext, owner: Owner, fits: (pod: PodObject) => boolean = () => true): void {
  // Nobody validates what is applied; without a selector nothing says which pods are meant.
  if (isTerminating(owner) || owner.spec?.selector === undefined) return
  const selector = parseLabelSelector(owner.spec?.selector)
  for (const pod of context.objects.list('pods', owner.metadata.namespace)) {
    const isOwn = isControlledBy(pod, owner.metadata.uid)
    if (!isOwn && (isControlled(pod) || isTerminating(pod))) continue
    const belongs = selects(selector, pod) && fits(pod)
    if (isOwn && !belongs) release(context, owner, pod)
    if (!isOwn && belongs) adopt(context, owner, pod)
  }
}

/**
 * Keys of the owners of a kind that an event concerns: the owner itself, the one that controls the pod, or those that may take it in because nobody
 * does.
 */
export function ownersConcerned(
  { objects }: ControllerContext,
  owners: 'replicasets' | 'statefulsets',
  kind: string,
  { type, resource, object }: WatchedEvent,
): readonly string[] {
  if (resource === owners) return [keyOf(object)]
  const controller = ownerKey(object, kind)
  if (controller !== undefined) return [controller]
  if (type === 'DELETED' || isControlled(object)) return []
  const inNamespace: readonly Owner[] = objects.list(owners, object.metadata.namespace)
  return inNamespace.filter(({ spec }) => selects(parseLabelSelector(spec?.selector), object)).map(keyOf)
}

function isControlled(pod: RawObject): boolean {
  return pod.metadata.ownerReferences?.some(({ controller }) => controller === true) ?? false
}

function selects(selector: LabelSelector, { metadata }: RawObject): boolean {
  return matchesLabels(selector, new Map(Object.entries(metadata.labels ?? {})))
}

function release({ objects }: ControllerContext, owner: Owner, pod: PodObject): void {
  objects.update('pods', pod.metadata, ({ metadata: { ownerReferences = [], ...metadata }, ...current }) => {
    const others = ownerReferences.filter(({ uid }) => uid !== owner.metadata.uid)
    return { ...current, metadata: { ...metadata, ...(others.length > 0 && { ownerReferences: others }) } }
  })
}

function adopt({ objects }: ControllerContext, owner: Owner, pod: PodObject): void {
  objects.update('pods', pod.metadata, current => ({
    ...current,
    metadata: { ...current.metadata, ownerReferences: [...(current.metadata.ownerReferences ?? []), controllerRef(owner)] },
  }))
}
