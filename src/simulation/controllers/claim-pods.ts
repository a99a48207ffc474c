import { matchesLabels, parseLabelSelector } from '../../cluster/label-selector.ts'
import type { LabelSelector } from '../../cluster/labels.ts'
import type { RawObject } from '../object-store.ts'
import { isControlledBy, isTerminating } from '../pod-facts.ts'
import type { PodObject } from '../wire-objects.ts'
import type { ControllerContext } from './controller.ts'
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

export function isControlled(pod: RawObject): boolean {
  return pod.metadata.ownerReferences?.some(({ controller }) => controller === true) ?? false
}

/** Whether the owner's selector selects the pod. */
export function isSelectedBy(owner: Owner, pod: RawObject): boolean {
  return selects(parseLabelSelector(owner.spec?.selector), pod)
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
