import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { Labels } from '../cluster/labels.ts'
import { memo } from '../cluster/memo.ts'
import { createCountCheck } from '../planning/check-counts.ts'
import { createMemberCheck } from '../planning/check-members.ts'
import type { HeldGroups } from '../planning/held-groups.ts'
import type { World } from '../planning/plan.ts'
import { budgetDifferences } from '../scheduling/check-budgets.ts'
import { nodeDifferences, standingDifferences } from '../scheduling/check-nodes.ts'
import type { Difference } from '../scheduling/difference.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import { createRotation, take } from './rotation.ts'

/** What a comparison of views with a computation from scratch came to. */
export interface Sample {
  readonly of: 'nodes' | 'pods' | 'groups'
  /** How many of them were compared. */
  readonly compared: number
  readonly differences: readonly Difference[]
}

/** What a sample holds at most, so that it is over within a few milliseconds whatever the size of the cluster. */
const NODES = 50
const PODS = 500
/** Nodes and pods to look at for the counts of groups; the last group may go beyond. */
const LOOKS = 8_000

/** The views that samples are taken of; they may be others by the next. */
export interface Sampled {
  readonly model: () => SchedulerModel
  /** The groups as the planner holds them; undefined while all of them are about to be worked out anew. */
  readonly held: () => HeldGroups | undefined
}

/**
 * Compares samples of nodes, of pods and of groups by turns, which come round to everything. To be called between plans, when nothing is imagined,
 * and once the views have heard of every change.
 */
export function createSampling(cluster: ClusterReader, { model, held }: Sampled): () => Sample {
  const nodes = createRotation(() => new Set([...Array.from(cluster.nodes(), ({ name }) => name), ...model().nodeNames()]))
  const pods = createRotation(() => podNames(cluster))
  const groups = createRotation(() => groupIds(held()))

  /** What is on a node, and what is used of it. */
  function sampleNodes(): Sample {
    const names = take(nodes, NODES)
    return { of: 'nodes', compared: names.length, differences: names.flatMap(name => nodeDifferences(model(), name)) }
  }

  /** Whether a pod is held wherever it belongs: on its node, in its groups, under its budgets. */
  function samplePods(): Sample {
    const names = take(pods, PODS)
    const members = createMemberCheck({ cluster, model: model() })
    const groupsHeld = held()
    const covered = new Map<string, Set<Labels>>()
    const differences = names.flatMap(({ namespace, name }): readonly Difference[] => {
      const pod = cluster.pod(namespace, name)
      if (pod === undefined) return []
      const labels = memo(covered, namespace, () => new Set())
      // Replicas share their labels, and budgets know nothing else of them.
      const budgets = labels.has(pod.labels) ? [] : budgetDifferences(cluster, pod)
      labels.add(pod.labels)
      const missing = groupsHeld === undefined ? [] : members.missing(pod, groupsHeld)
      return [...standingDifferences(model(), pod), ...missing, ...budgets]
    })
    return { of: 'pods', compared: names.length, differences }
  }

  /** Who is in a group, and its pods by domain. */
  function sampleGroups(): Sample {
    const world: World = { cluster, model: model() }
    const members = createMemberCheck(world)
    const compareCounts = createCountCheck(world)
    const groupsHeld = held()
    const differences: Difference[] = []
    let compared = 0
    let looks = 0
    for (let id = groups.next(); id !== undefined; id = looks < LOOKS ? groups.next() : undefined) {
      const group = groupsHeld?.of(id)
      if (group === undefined) continue
      const counts = compareCounts(group)
      differences.push(...members.strays(id, group), ...counts.differences)
      looks += counts.looks + group.members.size
      compared += 1
    }
    return { of: 'groups', compared, differences }
  }

  const kinds = [sampleNodes, samplePods, sampleGroups]
  return () => {
    const sample = kinds.shift() ?? sampleNodes
    kinds.push(sample)
    return sample()
  }
}

/** Names, not records: those are not kept alive until their turn comes. */
function* podNames(cluster: ClusterReader) {
  for (const namespace of Array.from(cluster.all('Namespace'), ({ name }) => name)) {
    for (const name of Array.from(cluster.podsIn(namespace), pod => pod.name)) yield { namespace, name }
  }
}

/** Groups that are counted over the same domains one after the other: which nodes count is worked out once a sample. */
function groupIds(held: HeldGroups | undefined): readonly string[] {
  return held === undefined ? [] : [...Map.groupBy(held.ids(), id => held.of(id)?.state?.index).values()].flat()
}
