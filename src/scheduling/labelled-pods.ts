import type { Labels, LabelSelector } from '../cluster/labels.ts'
import { createLabelsIndex, type LabelsIndex } from '../cluster/labels-index.ts'
import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { createSelectorIndex, type SelectorIndex } from '../cluster/selector-index.ts'
import type { Writable } from '../cluster/writable.ts'
import { addTo } from './tallies.ts'

/** Number of pods by slot; slots without any are not there. */
export type PodsBySlot = ReadonlyMap<number, number>

/** Pods of one namespace with the same telling labels; replicas share theirs as one (interned) object. */
interface Replicas {
  readonly labels: Labels
  /** Terminating ones included. */
  readonly bySlot: PodsBySlot
}

/**
 * Pods on nodes that exist, by namespace and the labels that tell them from others: as many entries as there are kinds of pods, not pods. Whatever
 * counts pods by their labels reads it, PodTopologySpread and InterPodAffinity alike.
 */
export interface LabelledPods {
  /** Those that have any. */
  namespaces(): Iterable<string>
  /** Pods of the namespace whose labels match. */
  matching(namespace: string, selector: LabelSelector): readonly Replicas[]
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
  /** Other labels tell pods apart than before: all are counted anew, and nobody follows any more. */
  recount(pods: Iterable<readonly [pod: PodRecord, slot: number]>): void
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

/** @param tellingLabels the labels of a pod as far as they tell pods apart: those that it shares with its replicas, mostly */
export function createLabelledPods(tellingLabels: (pod: PodRecord) => Labels): AdvancedLabelledPods {
  const namespaces = new Map<string, Namespace>()
  /** Of the pod asked about last: what is imagined of one pod, or of replicas, comes step by step. */
  let latest: { readonly namespace: string; readonly replicas: FollowedReplicas } | undefined
  const namespaceOf = (name: string): Namespace =>
    memo(namespaces, name, () => ({ byLabels: new Map(), labels: createLabelsIndex(), followers: createSelectorIndex() }))

  function find(namespace: string, labels: Labels): FollowedReplicas | undefined {
    if (latest?.replicas.labels === labels && latest.namespace === namespace) return latest.replicas
    const replicas = namespaces.get(namespace)?.byLabels.get(labels)
    if (replicas !== undefined) latest = { namespace, replicas }
    return replicas
  }

  function addReplicas(namespace: Namespace, labels: Labels): FollowedReplicas {
    const followers = [...namespace.followers.matching(labels)]
    const replicas = { labels, bySlot: new Map<number, number>(), terminating: new Map<number, number>(), followers }
    namespace.byLabels.set(labels, replicas)
    namespace.labels.add(labels)
    pods.kinds += 1
    pods.version += 1
    return replicas
  }

  function dropReplicas(name: string, labels: Labels): void {
    const namespace = namespaceOf(name)
    latest = undefined
    namespace.byLabels.delete(labels)
    namespace.labels.delete(labels)
    pods.kinds -= 1
    pods.version += 1
    if (namespace.byLabels.size === 0 && namespace.followers.isEmpty()) namespaces.delete(name)
  }

  function tell({ followers }: FollowedReplicas, slot: number, change: 1 | -1): void {
    for (const follower of followers) follower.advance(slot, change)
  }

  const pods: Writable<AdvancedLabelledPods> = {
    namespaces: () => namespaces.keys(),
    matching(namespace, selector) {
      const found = namespaces.get(namespace)
      return found === undefined ? [] : found.labels.matching(selector).flatMap(labels => found.byLabels.get(labels) ?? [])
    },
    kinds: 0,
    version: 0,
    count(pod, slot, change) {
      const labels = tellingLabels(pod)
      const replicas = find(pod.namespace, labels) ?? addReplicas(namespaceOf(pod.namespace), labels)
      addTo(replicas.bySlot, slot, change)
      if (pod.deletedAt === undefined) tell(replicas, slot, change)
      else addTo(replicas.terminating, slot, change)
      if (replicas.bySlot.size === 0) dropReplicas(pod.namespace, labels)
    },
    replace(before, after, slot) {
      const change = Number(after.deletedAt !== undefined) - Number(before.deletedAt !== undefined)
      const replicas = change === 0 ? undefined : find(after.namespace, tellingLabels(after))
      if (replicas === undefined) return
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
    recount(all) {
      namespaces.clear()
      latest = undefined
      pods.kinds = 0
      pods.version += 1
      for (const [pod, slot] of all) pods.count(pod, slot, 1)
    },
  }
  return pods
}
