import type { Delta } from '../cluster/cluster-state.ts'
import type { Labels } from '../cluster/labels.ts'
import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { World } from './plan.ts'
import { createDomainIndexes, createSuccession, type DomainIndex } from './domain-index.ts'
import { createFamilies, type Family } from './families.ts'
import { createGroupMembers } from './group-members.ts'
import { standsAsBefore, type Group, type GroupKey } from './groups.ts'
import type { HeldGroups } from './held-groups.ts'
import { deadlockIn, indexedGroupOf, type IndexedGroup } from './indexed-group.ts'
import { hasSameStanding } from './node-standing.ts'
import type { Policy } from './policy.ts'
import { createSortedList } from './sorted-list.ts'
import { spreadStateOf, type SpreadState } from './spread-state.ts'
import { createSpreadStates, type SpreadStates } from './spread-states.ts'
import { createTouching } from './touching.ts'
import { worstFirst } from './urgency.ts'

/**
 * All groups of the cluster as they stand, advanced by what changes: a change costs the groups that it touches, not those that there are. When a
 * node comes, goes, is relabelled, tainted or cordoned, those are the groups that count pods on it, and those that get or lose a domain by it.
 */
export interface GroupIndex {
  /** Takes in a change that the scheduler model has been advanced by. */
  note(delta: Delta): void
  /** Works off what changes have left to do, step by step: whoever runs it may pause between the steps and let more changes in. */
  catchUp(): Iterable<void>
  /** What has become of groups since it was asked last, once everything is worked off. */
  news(): GroupNews
  all(): Iterable<IndexedGroup>
  /** Those that exceed their maxSkew and are acted on, worst first. */
  urgent(): readonly IndexedGroup[]
  in(namespace: string): readonly IndexedGroup[]
  /** Those whose constraint the pod carries, whether or not they count it. */
  of(pod: PodRecord): readonly IndexedGroup[]
  readonly carries: (pod: PodRecord, state: SpreadState) => boolean
  get(id: string): IndexedGroup | undefined
  by(state: SpreadState): IndexedGroup | undefined
  familyOf(group: Pick<Group, 'id' | 'namespace'>): Family
  readonly states: SpreadStates
  /** Pods that wait for the scheduler, in no order. */
  waiting(): Iterable<PodRecord>
  /** Undefined: all of it is being worked out anew, or about to be. */
  held(): HeldGroups | undefined
}

interface GroupNews {
  readonly changed: readonly IndexedGroup[]
  /** Counted as before, but with newer records of their members. */
  readonly renewed: readonly IndexedGroup[]
  /** By id. */
  readonly gone: readonly string[]
}

/** So many pods are one step. */
const PODS_A_STEP = 500
const GROUPS_A_STEP = 500

export function createGroupIndex({ cluster, model }: World, policy: Policy): GroupIndex {
  const states = createSpreadStates(cluster)
  const known = new Map<string, IndexedGroup>()
  const byState = new Map<SpreadState, IndexedGroup>()
  /** By id: counts of hard constraints that nobody carries but pods that wait for the scheduler. Nobody is to be helped, and nothing to be worsened. */
  const pendingOnly = new Map<string, SpreadState>()
  /** Those that pods of one template are in, as far as somebody has asked since one of them changed. */
  const carried = new Map<readonly GroupKey[], readonly IndexedGroup[]>()
  const families = createFamilies(linkedWith)
  const urgent = createSortedList<IndexedGroup>(worstFirst)
  const touched = new Set<string>()
  const members = createGroupMembers({ cluster, model }, touched)
  /** Worked out anew since somebody asked for news. */
  const changed = new Set<string>()
  /** Of the same counts, but with other records of their members. */
  const renewed = new Set<string>()
  let indexes = createDomainIndexes(model)
  /** Names of nodes that are told from others by other things than before. */
  const turned = new Set<string>()
  /** All of it is to be worked out anew. */
  let isOutdated = true
  let toldCopied = cluster.tellsCopied()
  let work: Iterator<void> | undefined

  const groupsIn = (namespace: string): readonly IndexedGroup[] => [...members.idsIn(namespace)].flatMap(id => known.get(id) ?? [])
  const touchAround = createTouching(members, groupsIn, touched)
  const touchCounting = (pod: PodRecord): void => {
    for (const { group } of states.counting(pod)) touched.add(group.id)
  }

  function* rebuild(): Generator<void> {
    indexes = createDomainIndexes(model)
    turned.clear()
    members.clear()
    let entered = 0
    for (const pod of cluster.pods()) {
      members.enter(pod)
      entered += 1
      if (entered % PODS_A_STEP === 0) yield
    }
  }

  /** Groups move over to the nodes as they are now. Only those of other domains than before, and those that count pods there, are worked out anew. */
  function* turn(): Generator<void> {
    indexes = createDomainIndexes(model)
    for (const name of turned) for (const pod of model.podsOn(name)) reenter(pod)
    turned.clear()
    for (const id of pendingOnly.keys()) touched.add(id)
    const successorOf = createSuccession(model, indexes)
    let passed = 0
    for (const group of known.values()) {
      const successor = successorOf(group.state.group, group.state.index)
      if (successor === undefined) touched.add(group.state.group.id)
      else moveOver(group, successor)
      passed += 1
      if (passed % GROUPS_A_STEP === 0) yield
    }
  }

  /** A node that is gone has no members, and one that has come may have had pods before. */
  function reenter(pod: PodRecord): void {
    members.leave(pod)
    members.enter(pod)
    touchCounting(pod)
  }

  function moveOver(group: IndexedGroup, index: DomainIndex): void {
    const { state, deadlock } = group
    state.takeOver(index)
    const after = deadlockIn(group)
    if (after?.message === deadlock?.message) return
    keep({ ...group, deadlock: after })
    changed.add(state.group.id)
  }

  function* workOff(): Generator<void> {
    while (isOutdated || turned.size > 0 || touched.size > 0) {
      if (isOutdated) {
        isOutdated = false
        yield* rebuild()
      }
      if (turned.size > 0) yield* turn()
      for (const id of touched) {
        if (isOutdated || turned.size > 0) break
        touched.delete(id)
        workOut(id)
        yield
      }
    }
  }

  function workOut(id: string): void {
    changed.add(id)
    const carriers = members.groupOf(id)
    const group = carriers?.members.length === 0 ? undefined : carriers
    const before = known.get(id)
    if (before !== undefined) {
      byState.delete(before.state)
      urgent.delete(before)
    }
    const namespace = (group ?? before?.state.group)?.namespace
    // Groups come and go with workloads: who is counted with whom may be another matter from now on.
    if (namespace !== undefined && (group === undefined || before === undefined)) families.forgetAllIn(namespace)
    if (group === undefined) {
      known.delete(id)
      carried.clear()
      members.forget(id)
      if (carriers === undefined) forget(id, before?.state ?? pendingOnly.get(id))
      else keepPendingOnly(spreadStateOf(model, carriers, indexes))
      return
    }
    pendingOnly.delete(id)
    const after = indexedGroupOf(spreadStateOf(model, group, indexes), policy)
    states.set(after.state)
    keep(after)
    if (after.excess > 0 && after.unacted === undefined) urgent.put([after])
    // Other pods than those before may be counted by other groups.
    if (before === undefined || before.labels.symmetricDifference(after.labels).size > 0) families.forget(group)
  }

  function forget(id: string, state: SpreadState | undefined): void {
    if (state !== undefined) states.delete(state.group)
    pendingOnly.delete(id)
  }

  function keepPendingOnly(state: SpreadState): void {
    states.set(state)
    pendingOnly.set(state.group.id, state)
  }

  function keep(group: IndexedGroup): void {
    known.set(group.state.group.id, group)
    carried.clear()
    byState.set(group.state, group)
  }

  /** Ids of the groups that count some member of the group. */
  function linkedWith(id: string): ReadonlySet<string> {
    const linked = new Set<string>()
    let latest: Labels | undefined
    for (const pod of known.get(id)?.state.group.members ?? []) {
      // Most members share their labels, and what counts one counts the other.
      const labels = cluster.tellingLabels(pod)
      if (labels !== latest) for (const state of states.counting(pod)) if (byState.has(state)) linked.add(state.group.id)
      latest = labels
    }
    return linked
  }

  return {
    states,
    note({ before, after }) {
      // Pods are no longer found by what they were entered by.
      if (toldCopied !== cluster.tellsCopied()) {
        toldCopied = true
        isOutdated = true
      }
      const record = after ?? before
      switch (record?.kind) {
        case 'Pod':
          if (before?.kind === 'Pod' && after?.kind === 'Pod' && standsAsBefore(before, after)) {
            for (const id of members.renew(before, after)) renewed.add(id)
            return
          }
          if (before?.kind === 'Pod') {
            touchCounting(before)
            members.leave(before)
          }
          if (after?.kind === 'Pod') {
            members.enter(after)
            touchCounting(after)
          }
          return
        case 'Node':
          if (before?.kind !== 'Node' || after?.kind !== 'Node' || !hasSameStanding(before, after)) turned.add(record.name)
          return
        case 'PriorityClass':
        case 'StorageClass':
          isOutdated = true
          return
        default:
          touchAround(before, after)
      }
    },
    catchUp: () => ({
      [Symbol.iterator]: () => ({
        next() {
          const step = (work ??= workOff()).next()
          if (step.done === true) work = undefined
          return step
        },
      }),
    }),
    news() {
      const groupsOf = (ids: Iterable<string>): readonly IndexedGroup[] => [...ids].flatMap(id => known.get(id) ?? [])
      const news = { changed: groupsOf(changed), renewed: groupsOf(renewed), gone: [...changed].filter(id => !known.has(id)) }
      changed.clear()
      renewed.clear()
      return news
    },
    all: () => known.values(),
    urgent: () => urgent.items,
    in: groupsIn,
    of(pod) {
      const keys = members.keysOf(pod)
      return memo(carried, keys, () => keys.flatMap(({ id }) => known.get(id) ?? []))
    },
    carries: (pod, { group }) => members.keysOf(pod).some(({ id }) => id === group.id),
    get: id => known.get(id),
    by: state => byState.get(state),
    familyOf: group => families.of(group, members.idsIn(group.namespace)),
    waiting: () => members.waiting,
    held() {
      if (isOutdated || turned.size > 0 || work !== undefined) return undefined
      return {
        ids: () => [...members.ids(), ...pendingOnly.keys()],
        of(id) {
          const state = known.get(id)?.state ?? pendingOnly.get(id)
          const held = members.held(id) ?? (state && { constraint: state.group.constraint, members: NOBODY })
          return held && { ...held, state: touched.has(id) ? undefined : state }
        },
      }
    },
  }
}

const NOBODY: ReadonlyMap<string, PodRecord> = new Map()
