import { withCondition } from '../conditions.ts'
import { runController, type Controller } from './controller.ts'
import { toleratedFor } from './node-taints.ts'
import { isTerminal, isTerminating } from '../pod-facts.ts'
import { keyOf } from '../sorted-objects.ts'
import type { PodObject } from '../wire-objects.ts'

/**
 * Deletes pods from nodes with NoExecute taints when their tolerationSeconds have run out, and lets them be when the taints go in time
 * (pkg/controller/tainteviction). No budget is asked: this is how a zone loses its pods.
 */
export const taintEvictionController: Controller = context => {
  const { clock, objects, store } = context
  /** Pod uid -> when it was first seen on a tainted node, in monotonic time. */
  const taintedSince = new Map<string, number>()

  const reconcile = (pod: PodObject): number | undefined => {
    const uid = pod.metadata.uid ?? ''
    const node = objects.get('nodes', undefined, pod.spec?.nodeName ?? '')
    const tolerated = toleratedFor(node?.spec?.taints ?? [], pod.spec?.tolerations ?? [])
    if (tolerated === Number.POSITIVE_INFINITY || isTerminating(pod) || isTerminal(pod)) {
      taintedSince.delete(uid)
      return undefined
    }
    const since = taintedSince.get(uid) ?? clock.monotonic()
    taintedSince.set(uid, since)
    const left = since + tolerated - clock.monotonic()
    if (left > 0) return left
    taintedSince.delete(uid)
    evict(pod)
    return undefined
  }

  const evict = (pod: PodObject): void => {
    const target = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
    } as const
    objects.update('pods', pod.metadata, current => ({
      ...current,
      status: { ...current.status, conditions: withCondition(current.status?.conditions, target, clock.now()) },
    }))
    store.delete('pods', pod.metadata.namespace, pod.metadata.name, { preconditions: { uid: pod.metadata.uid ?? '' } })
  }

  const podsOn = (nodeName: string): readonly string[] =>
    objects
      .list('pods')
      .filter(pod => pod.spec?.nodeName === nodeName)
      .map(keyOf)

  return runController(context, {
    name: 'tainteviction',
    resources: ['nodes', 'pods'],
    keysOf: ({ type, resource, object }) => {
      if (resource === 'nodes') return podsOn(object.metadata.name)
      if (type !== 'DELETED') return [keyOf(object)]
      taintedSince.delete(object.metadata.uid ?? '')
      return []
    },
    reconcile: (namespace, name) => {
      const pod = objects.get('pods', namespace, name)
      return pod === undefined ? undefined : reconcile(pod)
    },
  })
}
