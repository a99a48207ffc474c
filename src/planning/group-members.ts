import { compareText } from '../cluster/compare-text.ts'
import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { createGroupKeys, groupOf, isMember, type Group, type GroupKey } from './groups.ts'
import type { HeldGroup } from './held-groups.ts'
import type { World } from './plan.ts'

/** Which pods are in which groups, pod by pod; and those that wait for a node. */
export interface GroupMembers {
  enter(pod: PodRecord): void
  leave(pod: PodRecord): void
  /** The pod stands as before: its groups are the same, with another record of it. Returns their ids. */
  renew(before: PodRecord, after: PodRecord): readonly string[]
  /** What the selectors of cluster defaults are derived from has changed for some pods of the namespace. */
  regroup(namespace: string, isConcerned: (pod: PodRecord) => boolean): void
  /** Everybody leaves. */
  clear(): void
  /** The group with those that are in it now. Without members where the constraint is hard and only pods that wait carry it; undefined when nobody does. */
  groupOf(id: string): Group | undefined
  /** Nobody is in it any more. */
  forget(id: string): void
  ids(): Iterable<string>
  /** Of the groups that the pod is in, or would be if it were bound; the same object for pods of one template. */
  keysOf(pod: PodRecord): readonly GroupKey[]
  idsIn(namespace: string): Iterable<string>
  held(id: string): Omit<HeldGroup, 'state'> | undefined
  readonly waiting: Iterable<PodRecord>
}

interface Members {
  readonly key: GroupKey
  readonly namespace: string
  readonly pods: Map<string, PodRecord>
  /** Those of the group as it was worked out last, by name. */
  list: PodRecord[]
}

interface WaitingCarriers {
  readonly key: GroupKey
  /** By name. */
  readonly pods: Map<string, PodRecord>
}

/** @param touched takes the ids of groups that have lost members or won others */
export function createGroupMembers({ cluster, model }: World, touched: Set<string>): GroupMembers {
  const keys = createGroupKeys(model)
  const groups = new Map<string, Members>()
  const idsIn = new Map<string, Set<string>>()
  const waiting = new Set<PodRecord>()
  /** By the id that their group has: those that carry a hard constraint. What a soft one is worth to them nobody has promised. */
  const waitingCarriers = new Map<string, WaitingCarriers>()

  /** Of the pod that entered last: replicas mostly come one after the other. */
  let latest: { readonly keys: readonly GroupKey[]; readonly groups: readonly Members[] } | undefined

  function groupsOf(pod: PodRecord): readonly Members[] {
    const own = keys.of(pod)
    if (latest?.keys !== own) latest = { keys: own, groups: own.map(key => memo(groups, key.id, () => found(key, pod.namespace))) }
    return latest.groups
  }

  function found(key: GroupKey, namespace: string): Members {
    memo(idsIn, namespace, () => new Set()).add(key.id)
    return { key, namespace, pods: new Map(), list: [] }
  }

  function enter(pod: PodRecord): void {
    if (isWaitingForTheScheduler(pod)) wait(pod)
    if (!isMember(cluster, pod)) return
    for (const { key, pods } of groupsOf(pod)) {
      pods.set(pod.name, pod)
      touched.add(key.id)
    }
  }

  function wait(pod: PodRecord): void {
    waiting.add(pod)
    for (const key of keys.of(pod)) {
      if (key.constraint.whenUnsatisfiable !== 'DoNotSchedule') continue
      memo(waitingCarriers, key.id, () => ({ key, pods: new Map() })).pods.set(pod.name, pod)
      if (!groups.has(key.id)) touched.add(key.id)
    }
  }

  function waitNoLonger(pod: PodRecord): void {
    if (!waiting.delete(pod)) return
    for (const { id } of keys.of(pod)) {
      const pods = waitingCarriers.get(id)?.pods
      pods?.delete(pod.name)
      if (pods?.size === 0) waitingCarriers.delete(id)
    }
  }

  function leave(pod: PodRecord): void {
    waitNoLonger(pod)
    for (const { id } of keys.of(pod)) {
      const group = groups.get(id)
      if (group?.pods.get(pod.name)?.uid === pod.uid) group.pods.delete(pod.name)
      touched.add(id)
    }
  }

  return {
    enter,
    leave,
    renew: (before, after) =>
      keys.of(after).flatMap(({ id }) => {
        const group = groups.get(id)
        if (group?.pods.get(after.name) !== before) return []
        group.pods.set(after.name, after)
        const place = group.list.indexOf(before)
        if (place === -1) touched.add(id)
        else group.list[place] = after
        return [id]
      }),
    regroup(namespace, isConcerned) {
      const concerned: PodRecord[] = []
      const spared: PodRecord[] = []
      for (const pod of cluster.podsIn(namespace)) (isConcerned(pod) ? concerned : spared).push(pod)
      for (const pod of concerned) leave(pod)
      keys.forget(namespace, spared)
      for (const pod of concerned) enter(pod)
    },
    clear() {
      waiting.clear()
      for (const id of waitingCarriers.keys()) touched.add(id)
      waitingCarriers.clear()
      for (const [id, { pods }] of groups) {
        pods.clear()
        touched.add(id)
      }
    },
    groupOf(id) {
      const group = groups.get(id)
      if (group !== undefined) group.list = [...group.pods.values()].sort(byName)
      if (group !== undefined && group.list.length > 0) return groupOf(cluster, group.key, group.list)
      const carriers = waitingCarriers.get(id)
      return carriers && groupOf(cluster, carriers.key, [], [...carriers.pods.values()].sort(byName)[0])
    },
    forget(id) {
      const namespace = groups.get(id)?.namespace
      groups.delete(id)
      latest = undefined
      if (namespace !== undefined) idsIn.get(namespace)?.delete(id)
    },
    ids: () => groups.keys(),
    keysOf: pod => keys.of(pod),
    idsIn: namespace => idsIn.get(namespace) ?? [],
    held(id) {
      const group = groups.get(id)
      return group && { constraint: group.key.constraint, members: group.pods }
    },
    waiting,
  }
}

const byName = (one: PodRecord, other: PodRecord): number => compareText(one.name, other.name)

function isWaitingForTheScheduler({ nodeName, deletedAt, phase, spec }: PodRecord): boolean {
  return nodeName === undefined && deletedAt === undefined && phase === 'Pending' && spec.schedulingGates.length === 0
}
