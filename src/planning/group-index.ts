import type { Delta } from '../cluster/cluster-state.ts'
import type { Labels } from '../cluster/labels.ts'
import { isFinished, type PodRecord } from '../cluster/pod.ts'
import { isWorkload } from '../cluster/workload.ts'
import type { World } from './plan.ts'
import { createDomainIndexes } from './domain-index.ts'
import { familiesOf } from './families.ts'
import { compareText, createGroupKeys, groupOf, isMember, type Group, type GroupKey } from './groups.ts'
import { observedIn, unactedBecause, workloadsOf, type StandingGroup } from './group-plan.ts'
import { pauseOf } from './holds.ts'
import { hasSameStanding } from './node-standing.ts'
import type { GroupPlan } from './plan-types.ts'
import type { Policy } from './policy.ts'
import type { Veto } from './reasons.ts'
import type { DomainRooms } from './room.ts'
import { createSpreadStates, spreadStateOf, type SpreadState, type SpreadStates } from './spread-state.ts'

/**
 * All groups of the cluster as they stand, advanced by what changes: a change costs the groups that it touches, not those that there are. What
 * tells nodes apart is the exception: when a node comes, goes, is relabelled, tainted or cordoned, everything is worked out anew.
 */
export interface IndexedGroup extends StandingGroup {
  readonly urgency: Urgency
  /** The number of its family: the groups that one eviction can change together with it. */
  family: number
  /** Whatever the planner keeps for as long as nothing touches the group. */
  rest: Rest | undefined
}

/** Not worked out yet. */
const NO_FAMILY = -1

/** By what groups of equal excess are put in order. */
export interface Urgency {
  readonly isSoft: 0 | 1
  readonly cpu: number
  readonly memory: number
}

/** What depends on neither the situation nor on moves. */
export interface Rest {
  room: DomainRooms
  /** The group as no plan has come to it, and why its pods stay. */
  result: { readonly group: GroupPlan; readonly leftAlone: readonly (readonly [uid: string, veto: Veto])[] } | undefined
}

export interface GroupIndex {
  /** Takes in a change that the scheduler model has been advanced by. */
  note(delta: Delta): void
  /** By id. An entry is another object once something has touched its group. */
  standing(): readonly IndexedGroup[]
  readonly states: SpreadStates
  /** Pods that wait for the scheduler, in no order. */
  waiting(): Iterable<PodRecord>
  /** These counts followed a plan: they are read from the cluster again before the next. */
  recount(states: Iterable<SpreadState>): void
}

export function createGroupIndex({ cluster, model }: World, policy: Policy): GroupIndex {
  const keys = createGroupKeys(model)
  const states = createSpreadStates()
  const members = new Map<string, { readonly key: GroupKey; readonly namespace: string; readonly pods: Map<string, PodRecord> }>()
  const idsIn = new Map<string, Set<string>>()
  const waiting = new Set<PodRecord>()
  const known = new Map<string, IndexedGroup>()
  const touched = new Set<string>()
  let indexes = createDomainIndexes(model)
  /** By id: the groups that are counted together with it, by some pod of it. */
  const linked = new Map<string, readonly string[]>()
  let families: ReadonlyMap<string, number> | undefined
  let isOutdated = true
  let ids: readonly string[] | undefined
  let sorted: readonly IndexedGroup[] = []

  function forgetFamilies(): void {
    if (families === undefined) return
    families = undefined
    for (const group of known.values()) group.family = NO_FAMILY
  }

  function enter(pod: PodRecord): void {
    if (isWaitingForTheScheduler(pod)) waiting.add(pod)
    if (!isMember(cluster, pod)) return
    for (const key of keys.of(pod)) {
      let group = members.get(key.id)
      if (group === undefined) members.set(key.id, (group = { key, namespace: pod.namespace, pods: new Map() }))
      group.pods.set(pod.name, pod)
      touched.add(key.id)
      const ids = idsIn.get(pod.namespace)
      if (ids === undefined) idsIn.set(pod.namespace, new Set([key.id]))
      else ids.add(key.id)
    }
  }

  function leave(pod: PodRecord): void {
    waiting.delete(pod)
    for (const { id } of keys.of(pod)) {
      const group = members.get(id)
      if (group?.pods.get(pod.name)?.uid === pod.uid) group.pods.delete(pod.name)
      touched.add(id)
    }
  }

  const touchCounting = (pod: PodRecord): void => {
    for (const { group } of states.counting(pod)) touched.add(group.id)
  }
  const touchNamespace = (namespace: string): void => {
    for (const id of idsIn.get(namespace) ?? []) touched.add(id)
  }

  /** What the selectors of cluster defaults are derived from has changed. */
  function regroup(namespace: string): void {
    keys.forget(namespace)
    for (const id of idsIn.get(namespace) ?? []) members.get(id)?.pods.clear()
    touchNamespace(namespace)
    for (const pod of cluster.podsIn(namespace)) enter(pod)
  }

  function rebuild(): void {
    indexes = createDomainIndexes(model)
    waiting.clear()
    for (const { pods } of members.values()) pods.clear()
    for (const id of members.keys()) touched.add(id)
    for (const pod of cluster.pods()) enter(pod)
  }

  function work(id: string): void {
    const { key, namespace, pods } = members.get(id) ?? {}
    const group = key && groupOf(cluster, key, pods?.values() ?? [])
    const before = known.get(id)
    if ((group === undefined) !== (before === undefined)) {
      // Groups come and go with workloads: who is counted with whom may be another matter from now on.
      if (linked.size > 0) for (const each of idsIn.get(namespace ?? '') ?? []) linked.delete(each)
      forgetFamilies()
      ids = undefined
    }
    if (group === undefined) {
      if (before !== undefined) states.delete(before.state.group)
      known.delete(id)
      members.delete(id)
      if (namespace !== undefined) idsIn.get(namespace)?.delete(id)
      return
    }
    const state = spreadStateOf(model, group, indexes)
    states.set(state)
    const workloads = workloadsOf(cluster, group.members)
    known.set(id, {
      state,
      ...observedIn(state),
      workloads,
      pause: pauseOf(group, cluster),
      unacted: unactedBecause(state, policy),
      urgency: urgencyOf(group),
      family: NO_FAMILY,
      rest: undefined,
    })
    // Other pods than those before may be counted by other groups.
    const labels = (members: readonly PodRecord[]): ReadonlySet<Labels> => new Set(members.map(pod => pod.labels))
    if (before === undefined || labels(before.state.group.members).symmetricDifference(labels(group.members)).size > 0) {
      linked.delete(id)
      forgetFamilies()
    }
  }

  function linkedWith(id: string): readonly string[] {
    let found = linked.get(id)
    if (found === undefined) {
      const pods = known.get(id)?.state.group.members ?? []
      found = [...new Set(pods.flatMap(pod => states.counting(pod)))].map(state => state.group.id)
      linked.set(id, found)
    }
    return found
  }

  return {
    states,
    note({ before, after }) {
      const record = after ?? before
      switch (record?.kind) {
        case 'Pod':
          if (before?.kind === 'Pod') {
            touchCounting(before)
            leave(before)
          }
          if (after?.kind === 'Pod') {
            enter(after)
            touchCounting(after)
          }
          return
        case 'Node':
          if (before?.kind !== 'Node' || after?.kind !== 'Node' || !hasSameStanding(before, after)) isOutdated = true
          return
        case 'Service':
          regroup(record.namespace)
          return
        case 'Namespace':
          touchNamespace(record.name)
          return
        case 'PodDisruptionBudget':
        case 'PersistentVolumeClaim':
          touchNamespace(record.namespace)
          return
        case 'PriorityClass':
        case 'StorageClass':
          isOutdated = true
          return
        default:
          if (record === undefined || !isWorkload(record)) return
          if (before !== undefined && after !== undefined) touchNamespace(record.namespace)
          else regroup(record.namespace)
      }
    },
    standing() {
      if (isOutdated) rebuild()
      isOutdated = false
      if (touched.size > 0) {
        for (const id of touched) work(id)
        touched.clear()
        ids ??= [...known.keys()].sort(compareText)
        sorted = ids.flatMap(id => known.get(id) ?? [])
        const numbers = (families ??= familiesOf(known.keys(), linkedWith))
        for (const group of sorted) if (group.family === NO_FAMILY) group.family = numbers.get(group.state.group.id) ?? NO_FAMILY
      }
      return sorted
    },
    waiting: () => waiting,
    recount(changed) {
      for (const { group } of changed) touched.add(group.id)
    },
  }
}

function isWaitingForTheScheduler(pod: PodRecord): boolean {
  return (
    pod.nodeName === undefined &&
    pod.deletedAt === undefined &&
    pod.phase === 'Pending' &&
    !isFinished(pod) &&
    pod.spec.schedulingGates.length === 0
  )
}

function urgencyOf({ constraint, representative }: Group): Urgency {
  const { cpu, memory } = representative.spec.requests
  return { isSoft: constraint.whenUnsatisfiable === 'ScheduleAnyway' ? 1 : 0, cpu, memory }
}
