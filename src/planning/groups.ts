import type { ClusterReader } from '../cluster/cluster-state.ts'
import { compareText } from '../cluster/compare-text.ts'
import { selectorKey } from '../cluster/label-selector.ts'
import { memo } from '../cluster/memo.ts'
import { isFinished, type PodRecord } from '../cluster/pod.ts'
import { DEFAULT_PROFILE } from '../scheduling/profile.ts'
import type { EffectiveConstraint, SchedulerModel } from '../scheduling/scheduler-model.ts'
import { effectiveConstraints } from '../scheduling/spread-constraints.ts'
import { createTemplateMemo, type TemplateMemo } from '../scheduling/template-memo.ts'
import { antiAffinityConstraints } from './anti-affinity.ts'

/**
 * The pods that share a constraint. `representative` stands for all of them when counts or feasibility are asked for: members differ in
 * nothing that either depends on.
 */
export interface Group {
  readonly id: string
  readonly namespace: string
  readonly constraint: EffectiveConstraint
  readonly representative: PodRecord
  /** Bound pods that carry the constraint by name, terminating ones left out. None where only pods carry it that wait for the scheduler. */
  readonly members: readonly PodRecord[]
  /** Where it was found: what its members are not alone in, nodes and other pods, is looked at there. */
  readonly cluster: ClusterReader
}

/** A constraint with the id of the group that shares it. */
export interface GroupKey {
  readonly id: string
  readonly constraint: EffectiveConstraint
}

/** Where the constraints of a pod are read: a scheduler model, or the objects alone. */
export type ConstraintSource = Pick<SchedulerModel, 'cluster' | 'profileOf' | 'constraintsOf'>

/**
 * The groups of pods, worked out once for replicas of one owner. A group's id is made of what decides its counts and its landings, so that it is the
 * same in the next plan, in another process, and for a selector that the API server has already merged matchLabelKeys into.
 */
export interface GroupKeys {
  of(pod: PodRecord): readonly GroupKey[]
  /** What selectors are derived from for pods without constraints of their own has changed in the namespace, though not for these pods. */
  forget(namespace: string, spared: Iterable<PodRecord>): void
}

export function createGroupKeys(model: ConstraintSource): GroupKeys {
  // The owner matters too, since cluster defaults derive their selector from it.
  const known = new Map<string, TemplateMemo<readonly GroupKey[]>>()
  const of = (pod: PodRecord, make: () => readonly GroupKey[]): readonly GroupKey[] =>
    memo(known, pod.namespace, () => createTemplateMemo<readonly GroupKey[]>(model.cluster)).of(pod, make)
  return {
    of: pod => of(pod, () => keysOf(model, pod)),
    forget(namespace, spared) {
      // No list of templates is kept, and one that no pod is made of now may be used again.
      const before = known.get(namespace)
      known.delete(namespace)
      if (before !== undefined) for (const pod of spared) of(pod, () => before.of(pod, () => keysOf(model, pod)))
    },
  }
}

function keysOf(model: ConstraintSource, pod: PodRecord): readonly GroupKey[] {
  const own = constraintsOf(model, pod)
  const constraints = [...own, ...antiAffinityConstraints(pod)]
  const keys = constraints.map(constraint => ({ id: groupId(pod, constraint, keysRead(constraint, own)), constraint }))
  return keys.length < 2 ? keys : [...new Map(keys.map(key => [key.id, key])).values()]
}

/** A pod of a scheduler that no profile is known of is reported by the constraints that it writes itself, though nothing can be predicted for it. */
function constraintsOf(model: ConstraintSource, pod: PodRecord): readonly EffectiveConstraint[] {
  if (model.profileOf(pod) !== undefined) return model.constraintsOf(pod)
  return pod.spec.topologySpreadConstraints.length === 0 ? [] : effectiveConstraints(model.cluster, DEFAULT_PROFILE, pod)
}

/** Whether the pod stands where the constraints that it carries count: bound to a node that exists, neither terminating nor finished. */
export function isMember(cluster: ClusterReader, pod: PodRecord): boolean {
  return pod.nodeName !== undefined && pod.deletedAt === undefined && !isFinished(pod) && cluster.node(pod.nodeName) !== undefined
}

/** Whether what differs between two records of a bound pod makes no difference to any count, constraint or owner: most updates are of its status. */
export function standsAsBefore(before: PodRecord, after: PodRecord): boolean {
  return (
    before.uid === after.uid &&
    before.nodeName !== undefined &&
    before.nodeName === after.nodeName &&
    before.spec === after.spec &&
    before.labels === after.labels &&
    before.claims === after.claims &&
    before.deletedAt === after.deletedAt &&
    before.controller?.uid === after.controller?.uid &&
    isFinished(before) === isFinished(after)
  )
}

/**
 * @param members all bound pods that carry the constraint, by name; the list is the group's from now on
 * @param representative one that carries it, where nobody who is bound does
 */
export function groupOf(
  cluster: ClusterReader,
  { id, constraint }: GroupKey,
  members: readonly PodRecord[],
  representative = members[0],
): Group | undefined {
  return representative && { id, namespace: representative.namespace, constraint, representative, members, cluster }
}

/**
 * A node counts for a hard constraint if it has the keys of all hard ones, and for a soft one those of all soft ones (podtopologyspread/common.go,
 * 1.36); without those of the hard ones it would not have the pod, which decides what domains a soft one has.
 */
function keysRead({ whenUnsatisfiable }: EffectiveConstraint, all: readonly EffectiveConstraint[]): readonly string[] {
  const read = whenUnsatisfiable === 'ScheduleAnyway' ? all : all.filter(other => other.whenUnsatisfiable === 'DoNotSchedule')
  return read.map(other => `${other.whenUnsatisfiable} ${other.topologyKey}`)
}

function groupId(pod: PodRecord, constraint: EffectiveConstraint, keys: readonly string[]): string {
  const { spec } = pod
  // Whatever the policies let in, a domain of a soft constraint is one that would have the pod.
  const isSoft = constraint.whenUnsatisfiable === 'ScheduleAnyway'
  const readsAffinity = isSoft || constraint.nodeAffinityPolicy === 'Honor'
  const readsTaints = isSoft || constraint.nodeTaintsPolicy === 'Honor'
  const reads = [
    readsAffinity ? [[...spec.nodeSelector].sort(compareEntries), spec.requiredNodeAffinity ?? null] : null,
    readsTaints ? spec.tolerations : null,
    constraint.nodeAffinityPolicy,
    constraint.nodeTaintsPolicy,
  ]
  return JSON.stringify([
    pod.namespace,
    constraint.topologyKey,
    constraint.whenUnsatisfiable,
    constraint.origin,
    constraint.maxSkew,
    constraint.minDomains ?? 1,
    selectorKey(constraint.selector),
    // A pod that its own selector misses is another case from one that it matches, whatever else they share.
    constraint.selfMatch,
    reads,
    [...new Set(keys)].sort(compareText),
  ])
}

function compareEntries(a: readonly [string, string], b: readonly [string, string]): number {
  return compareText(a[0], b[0])
}
