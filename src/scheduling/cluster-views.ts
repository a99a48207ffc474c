import type { ClusterReader, Delta } from '../cluster/cluster-state.ts'
import { selectorFromLabels, selectorKey } from '../cluster/label-selector.ts'
import { isFinished, type PodRecord } from '../cluster/pod.ts'
import { recordKey, type ClusterRecord } from '../cluster/records.ts'
import { createAffinityIndex, type AffinityIndex } from './affinity-index.ts'
import { createImageNodes, type ImageNodes } from './image-nodes.ts'
import { createNodeTable, type NodeTable } from './node-table.ts'
import { createNominations, type Nominations } from './nominations.ts'
import { createPodQuestions, type PodQuestions } from './pod-question.ts'
import type { SchedulerProfiles } from './profile.ts'
import { createSpreadCounts, type SpreadCounts } from './spread-counts.ts'

/** Everything the scheduler's decisions are read from, built once and advanced by what changes. */
export interface ClusterViews {
  readonly table: NodeTable
  readonly spread: SpreadCounts
  readonly affinity: AffinityIndex
  readonly images: ImageNodes
  readonly nominations: Nominations
  readonly questions: PodQuestions
  advance(delta: Delta): void
  /** Puts a pod in the place of the one with this key, or takes that one away; returns it. */
  setPod(key: string, pod: PodRecord | undefined): PodRecord | undefined
}

export function createClusterViews(cluster: ClusterReader, profiles: SchedulerProfiles): ClusterViews {
  const spread = createSpreadCounts()
  const affinity = createAffinityIndex()
  const images = createImageNodes()
  const nominations = createNominations()
  const questions = createPodQuestions(cluster, profiles)
  const table = createNodeTable((pod, slot, change) => {
    spread.count(pod, slot, change)
    if (change === 1) affinity.add(pod, pod.nodeName ?? '')
    else affinity.remove(pod, pod.nodeName ?? '')
  })
  /** Pods that stand on a node, known or not, or are promised one. */
  const pods = new Map<string, PodRecord>()

  const move = (pod: PodRecord, change: 'add' | 'remove'): void => {
    if (pod.nodeName !== undefined) table[change](pod, pod.nodeName)
    else if (pod.nominatedNodeName !== undefined) nominations[change](pod, pod.nominatedNodeName)
  }
  const setPod = (key: string, pod: PodRecord | undefined): PodRecord | undefined => {
    const before = pods.get(key)
    if (before === pod) return before
    // The new record comes before the old one goes, so that the last pod of its kind, when it changes, does not take its kind along.
    if (pod === undefined || isFinished(pod) || (pod.nodeName ?? pod.nominatedNodeName) === undefined) {
      pods.delete(key)
    } else {
      pods.set(key, pod)
      move(pod, 'add')
    }
    if (before !== undefined) move(before, 'remove')
    return before
  }
  const change = (key: string, before: ClusterRecord | undefined, after: ClusterRecord | undefined): void => {
    const { kind } = after ?? before ?? {}
    if (kind === 'Node') {
      const node = after?.kind === 'Node' ? after : undefined
      images.change(table.slots[table.slotOf(key) ?? -1]?.node, node)
      table.setNode(key, node)
    } else if (kind === 'Namespace') {
      affinity.forget()
    } else if (derivedFrom(before) !== derivedFrom(after)) {
      questions.forget()
    }
  }

  for (const node of cluster.nodes()) change(node.name, undefined, node)
  for (const pod of cluster.pods()) setPod(recordKey(pod), pod)

  return {
    table,
    spread,
    affinity,
    images,
    nominations,
    questions,
    advance(delta) {
      if (delta.kind === 'Pod') setPod(delta.key, delta.after?.kind === 'Pod' ? delta.after : undefined)
      else change(delta.key, delta.before, delta.after)
    },
    setPod,
  }
}

/** What default constraints derive selectors from: status updates of owners, the bulk of what happens to them, leave it as it is. */
function derivedFrom(record: ClusterRecord | undefined): string | undefined {
  switch (record?.kind) {
    case 'Service':
      return record.selector && selectorKey(selectorFromLabels(record.selector))
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'ReplicationController':
      return selectorKey(record.selector)
    default:
      return undefined
  }
}
