import type { ClusterReader } from '../cluster/cluster-state.ts'
import { compareText } from '../cluster/compare-text.ts'
import type { Labels } from '../cluster/labels.ts'
import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { createSelectorIndex, type SelectorIndex } from '../cluster/selector-index.ts'
import type { Group } from './groups.ts'
import type { SpreadState } from './spread-state.ts'

/** Groups found by the pods that they count. */
export interface SpreadStates {
  /** Those whose selector reaches the pod, whether or not it carries their constraint, by id. */
  counting(pod: PodRecord): readonly SpreadState[]
}

/** Groups that come, go and are counted anew. */
export interface MutableSpreadStates extends SpreadStates {
  set(state: SpreadState): void
  delete(group: Group): void
}

export function createSpreadStates(cluster: ClusterReader): MutableSpreadStates {
  const namespaces = new Map<string, Counters>()
  /** Whoever plans asks about the pods of one workload again and again. */
  let latest: { readonly namespace: string; readonly labels: Labels; readonly states: readonly SpreadState[] } | undefined

  function counting(namespace: string, labels: Labels): readonly SpreadState[] {
    const found = namespaces.get(namespace)
    if (found === undefined) return NONE
    const { byId, selecting, known, lookedUp } = found
    const counters = memo(known, labels, () => ({ ids: selecting.matching(labels).toSorted(compareText), states: undefined }))
    if (counters.states === undefined) {
      counters.states = counters.ids.flatMap(each => byId.get(each) ?? [])
      lookedUp.push(counters)
    }
    return counters.states
  }

  return {
    set(state) {
      latest = undefined
      const { id, namespace } = state.group
      const found = memo(namespaces, namespace, noGroups)
      // A group that is counted anew counts the same pods.
      if (!found.byId.has(id)) {
        found.known = new WeakMap()
        const { selector } = state.group.constraint
        // kube-scheduler counts nothing for a selector that matches everything (podtopologyspread/common.go, 1.36).
        if (selector.kind === 'requirements') found.selecting.add(selector, id)
      }
      found.byId.set(id, state)
      forgetStates(found)
    },
    delete({ namespace, id }) {
      latest = undefined
      const found = namespaces.get(namespace)
      if (found?.byId.delete(id) !== true) return
      found.selecting.delete(id)
      found.known = new WeakMap()
      forgetStates(found)
      if (found.byId.size === 0) namespaces.delete(namespace)
    },
    counting(pod) {
      const { namespace } = pod
      // Replicas in other zones are counted by the same, unless a selector tells them apart.
      const labels = cluster.tellingLabels(pod)
      if (latest?.labels !== labels || latest.namespace !== namespace) latest = { namespace, labels, states: counting(namespace, labels) }
      return latest.states
    },
  }
}

/** The groups of one namespace, and which of them count pods with some labels. */
interface Counters {
  readonly byId: Map<string, SpreadState>
  /** Their ids by what they select. */
  readonly selecting: SelectorIndex<string>
  known: WeakMap<Labels, Counting>
  /** Of those the ones whose states are known. */
  readonly lookedUp: Counting[]
}

interface Counting {
  readonly ids: readonly string[]
  /** Undefined since a group has been counted anew: a state that was would keep alive what it was counted over. */
  states: readonly SpreadState[] | undefined
}

function forgetStates({ lookedUp }: Counters): void {
  for (const counters of lookedUp) counters.states = undefined
  lookedUp.length = 0
}

const NONE: readonly SpreadState[] = []

const noGroups = (): Counters => ({
  byId: new Map(),
  selecting: createSelectorIndex(),
  known: new WeakMap(),
  lookedUp: [],
})

/** Counts the pod on the node (1), or no longer (-1), in every group that it counts for. */
export function count(states: SpreadStates, pod: PodRecord, nodeName: string, change: 1 | -1): void {
  for (const state of states.counting(pod)) {
    const domain = state.index.of(nodeName)
    if (domain !== undefined) state.add(domain, change)
  }
}

/** One pod leaves one node and another arrives on one: what a move is to the groups. */
export interface Shift {
  readonly leaving: PodRecord
  readonly from: string
  readonly arriving: PodRecord
  readonly to: string
}

/** The groups that count either of two pods. */
export function countingEither(states: SpreadStates, one: PodRecord, other: PodRecord): readonly SpreadState[] {
  const [first, second] = [states.counting(one), states.counting(other)]
  return first === second ? first : [...new Set([...first, ...second])]
}

/** Changes the counts by a move; the same call with `direction` -1 takes it back. */
export function shift(states: SpreadStates, move: Shift, direction: 1 | -1 = 1): void {
  count(states, move.leaving, move.from, direction === 1 ? -1 : 1)
  count(states, move.arriving, move.to, direction)
}
