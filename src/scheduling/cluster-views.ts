import type { ClusterReader, Delta } from '../cluster/cluster-state.ts'
import { isFinished, type PodRecord } from '../cluster/pod.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import { createAffinityIndex, type AffinityIndex } from './affinity-index.ts'
import { createCountedConstraints, type CountedConstraints } from './counted-constraints.ts'
import { createImageNodes, type ImageNodes } from './image-nodes.ts'
import { createLabelledPods } from './labelled-pods.ts'
import { createNodeTable, type NodeTable } from './node-table.ts'
import { createNominations, type Nominations } from './nominations.ts'
import { createPodQuestions, type PodQuestions } from './pod-question.ts'
import type { SchedulerProfiles } from './profile.ts'
import { derivedFrom } from './spread-constraints.ts'
import { createSpreadCounts, type SpreadCounts } from './spread-counts.ts'

/** Everything the scheduler's decisions are read from, built once and advanced by what changes. */
export interface ClusterViews {
  readonly table: NodeTable
  readonly spread: SpreadCounts
  readonly affinity: AffinityIndex
  readonly images: ImageNodes
  readonly nominations: Nominations
  readonly questions: PodQuestions
  readonly constraintsOf: (pod: PodRecord) => CountedConstraints
  advance(delta: Delta): void
  /** Puts a record in the place of the one that was there; undefined where none was, or none is from now on. */
  change(before: PodRecord | undefined, after: PodRecord | undefined): void
}

export function createClusterViews(cluster: ClusterReader, profiles: SchedulerProfiles): ClusterViews {
  const pods = createLabelledPods(pod => cluster.tellingLabels(pod))
  let toldCopied = cluster.tellsCopied()
  const spread = createSpreadCounts(pods)
  const affinity = createAffinityIndex(pods)
  const images = createImageNodes()
  const nominations = createNominations()
  const questions = createPodQuestions(cluster, profiles)
  const table = createNodeTable(
    (pod, slot, by) => {
      pods.count(pod, slot, by)
      affinity.count(pod, slot, by)
    },
    // Affinity counts terminating pods like any other, and reads nothing that differs.
    (before, after, slot) => pods.replace(before, after, slot),
  )
  table.onTurn(() => spread.forgetDomains())

  const move = (pod: PodRecord, how: 'add' | 'remove'): void => {
    if (isFinished(pod)) return
    if (pod.nodeName !== undefined) table[how](pod, pod.nodeName)
    else if (pod.nominatedNodeName !== undefined) nominations[how](pod, pod.nominatedNodeName)
  }
  const change: ClusterViews['change'] = (before, after) => {
    if (before === after) return
    if (before !== undefined && after !== undefined && standsAlike(before, after)) return table.replace(before, after)
    // The new record comes before the old one goes, so that the last pod of its kind, when it changes, does not take its kind along.
    if (after !== undefined) move(after, 'add')
    if (before !== undefined) move(before, 'remove')
  }
  const changeOther = (key: string, before: ClusterRecord | undefined, after: ClusterRecord | undefined): void => {
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

  for (const node of cluster.nodes()) changeOther(node.name, undefined, node)
  for (const pod of cluster.pods()) change(undefined, pod)

  return {
    table,
    spread,
    affinity,
    images,
    nominations,
    questions,
    constraintsOf: createCountedConstraints(table, spread, questions),
    advance({ kind, key, before, after }) {
      // Pods are told apart by other labels than those that they have been counted by.
      if (toldCopied !== cluster.tellsCopied()) {
        toldCopied = cluster.tellsCopied()
        spread.forget()
        pods.recount(table.seated())
      }
      if (kind === 'Pod') change(podOf(before), podOf(after))
      else changeOther(key, before, after)
    },
    change,
  }
}

function podOf(record: ClusterRecord | undefined): PodRecord | undefined {
  return record?.kind === 'Pod' ? record : undefined
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
    !isFinished(one) &&
    !isFinished(other)
  )
}
