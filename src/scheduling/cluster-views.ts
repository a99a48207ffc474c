import type { ClusterReader, Delta } from '../cluster/cluster-state.ts'
import { selectorFromLabels, selectorKey } from '../cluster/label-selector.ts'
import { isFinished, type PodRecord } from '../cluster/pod.ts'
import type { ClusterRecord } from '../cluster/records.ts'
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
  /** Puts a pod in the place of the one that is called so, or takes that one away; returns it. */
  setPod(called: PodName, pod: PodRecord | undefined): PodRecord | undefined
}

/** Not one key: to join the two and look the result up costs more than all the rest of a what-if. */
export type PodName = Pick<PodRecord, 'namespace' | 'name'>

export function createClusterViews(cluster: ClusterReader, profiles: SchedulerProfiles): ClusterViews {
  const spread = createSpreadCounts()
  const affinity = createAffinityIndex()
  const images = createImageNodes()
  const nominations = createNominations()
  const questions = createPodQuestions(cluster, profiles)
  const table = createNodeTable(
    (pod, slot, change) => {
      spread.count(pod, slot, change)
      if (change === 1) affinity.add(pod, pod.nodeName ?? '')
      else affinity.remove(pod, pod.nodeName ?? '')
    },
    // Affinity counts terminating pods like any other, and reads nothing that differs.
    (before, after, slot) => {
      spread.count(after, slot, 1)
      spread.count(before, slot, -1)
    },
  )
  /** Pods that stand on a node, known or not, or are promised one, by namespace and name. */
  const podsByNamespace = new Map<string, Map<string, PodRecord>>()
  const podsIn = (namespace: string): Map<string, PodRecord> => {
    let found = podsByNamespace.get(namespace)
    if (found === undefined) podsByNamespace.set(namespace, (found = new Map()))
    return found
  }

  const move = (pod: PodRecord, change: 'add' | 'remove'): void => {
    if (pod.nodeName !== undefined) table[change](pod, pod.nodeName)
    else if (pod.nominatedNodeName !== undefined) nominations[change](pod, pod.nominatedNodeName)
  }
  const setPod = ({ namespace, name }: PodName, pod: PodRecord | undefined): PodRecord | undefined => {
    const pods = podsIn(namespace)
    const before = pods.get(name)
    if (before === pod) return before
    if (before !== undefined && pod !== undefined && standsAlike(before, pod)) {
      pods.set(name, pod)
      table.replace(before, pod)
      return before
    }
    // The new record comes before the old one goes, so that the last pod of its kind, when it changes, does not take its kind along.
    if (pod === undefined || isFinished(pod) || (pod.nodeName ?? pod.nominatedNodeName) === undefined) {
      pods.delete(name)
    } else {
      pods.set(name, pod)
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
  for (const pod of cluster.pods()) setPod(pod, pod)

  return {
    table,
    spread,
    affinity,
    images,
    nominations,
    questions,
    advance(delta) {
      const { before, after } = delta
      const pod = after ?? before
      if (pod?.kind === 'Pod') setPod(pod, after?.kind === 'Pod' ? after : undefined)
      else change(delta.key, delta.before, delta.after)
    },
    setPod,
  }
}

/** Only what a node or a count does not read may differ, but for the deletionTimestamp: most updates of a pod, and the first step of its end. */
function standsAlike(one: PodRecord, other: PodRecord): boolean {
  return (
    one.nodeName !== undefined &&
    one.nodeName === other.nodeName &&
    one.spec === other.spec &&
    one.labels === other.labels &&
    one.charged === other.charged &&
    one.chargedScored === other.chargedScored &&
    one.claims === other.claims &&
    !isFinished(other)
  )
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
