import type { Labels, LabelSelector } from '../cluster/labels.ts'
import { createLabelsIndex, type LabelsIndex } from '../cluster/labels-index.ts'
import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { createSelectorIndex, type SelectorIndex } from '../cluster/selector-index.ts'
import type { Writable } from '../cluster/writable.ts'
import { addTo } from './tallies.ts'

/** Number of pods by slot; slots without any are not there. */
export type PodsBySlot = ReadonlyMap<number, number>

/** Pods of one namespace with the same labels; replicas share theirs as one (interned) object. */
interface Replicas {
  /** Terminating ones included. */
  readonly bySlot: PodsBySlot
}

/**
 * Pods on nodes that exist, by namespace and labels: as many entries as there are kinds of pods, not pods. Whatever counts pods by their labels
 * reads it, PodTopologySpread and InterPodAffinity alike.
 */
export interface LabelledPods {
  readonly namespaces: ReadonlyMap<string, { readonly byLabels: ReadonlyMap<Labels, Replicas> }>
  /** How many kinds of pods there are. */
  readonly kinds: number
  /** Goes up whenever a kind of pod has come or gone for good. */
  readonly version: number
}

/** Hears how many pods come to stand on the node in a slot; fewer than none when they go from there or terminate. */
export interface Follower {
  advance(slot: number, change: number): void
}

export interface AdvancedLabelledPods extends LabelledPods {
  count(pod: PodRecord, slot: number, change: 1 | -1): void
  /** A record takes the place of another that has the same labels and stands on the same node; one of them may be terminating. */
  replace(before: PodRecord, after: PodRecord, slot: number): void
  /** The follower hears of those that are there and match, and of all later changes. */
  follow(namespace: string, selector: LabelSelector, follower: Follower): void
  unfollowAll(): void
}

interface FollowedReplicas extends Replicas {
  readonly bySlot: Map<number, number>
  readonly terminating: Map<number, number>
  readonly followers: Follower[]
}

interface Namespace {
  readonly byLabels: Map<Labels, FollowedReplicas>
  /** The keys of that map, to be found by selectors; and the followers, to be found by labels. */
  readonly labels: LabelsIndex
  followers: SelectorIndex<Follower>
}

export function createLabelledPods(): AdvancedLabelledPods {
  const namespaces = new Map<string, Namespace>()
  const namespaceOf = (name: string): Namespace =>
    memo(namespaces, name, () => ({ byLabels: new Map(), labels: createLabelsIndex(), followers: createSelectorIndex() }))

  function addReplicas(namespace: Namespace, labels: Labels): FollowedReplicas {
    const followers = [...namespace.followers.matching(labels)]
    const replicas = { bySlot: new Map<number, number>(), terminating: new Map<number, number>(), followers }
    namespace.byLabels.set(labels, replicas)
    namespace.labels.add(labels)
    pods.kinds += 1
    pods.version += 1
    return replicas
  }

  function tell({ followers }: FollowedReplicas, slot: number, change: 1 | -1): void {
    for (const follower of followers) follower.advance(slot, change)
  }

  const pods: Writable<AdvancedLabelledPods> = {
    namespaces,
    kinds: 0,
    version: 0,
    count(pod, slot, change) {
      const namespace = namespaceOf(pod.namespace)
      const replicas = namespace.byLabels.get(pod.labels) ?? addReplicas(namespace, pod.labels)
      addTo(replicas.bySlot, slot, change)
      if (pod.deletedAt === undefined) tell(replicas, slot, change)
      else addTo(replicas.terminating, slot, change)
      if (replicas.bySlot.size > 0) return
      namespace.byLabels.delete(pod.labels)
      namespace.labels.delete(pod.labels)
      pods.kinds -= 1
      pods.version += 1
      if (namespace.byLabels.size === 0 && namespace.followers.isEmpty()) namespaces.delete(pod.namespace)
    },
    replace(before, after, slot) {
      const change = Number(after.deletedAt !== undefined) - Number(before.deletedAt !== undefined)
      const replicas = namespaces.get(after.namespace)?.byLabels.get(after.labels)
      if (change === 0 || replicas === undefined) return
      addTo(replicas.terminating, slot, change)
      tell(replicas, slot, change === 1 ? -1 : 1)
    },
    follow(name, selector, follower) {
      const { byLabels, labels, followers } = namespaceOf(name)
      followers.add(selector, follower)
      for (const each of labels.matching(selector)) {
        const replicas = byLabels.get(each)
        if (replicas === undefined) continue
        replicas.followers.push(follower)
        for (const [slot, count] of replicas.bySlot) follower.advance(slot, count - (replicas.terminating.get(slot) ?? 0))
      }
    },
    unfollowAll() {
      for (const [name, namespace] of namespaces) {
        namespace.followers = createSelectorIndex()
        for (const { followers } of namespace.byLabels.values()) followers.length = 0
        if (namespace.byLabels.size === 0) namespaces.delete(name)
      }
    },
  }
  return pods
}
