import type { ClusterReader } from '../cluster/cluster-state.ts'
import { matchesLabels, selectorKey } from '../cluster/label-selector.ts'
import type { Labels } from '../cluster/labels.ts'
import type { PodRecord, PodSpec } from '../cluster/pod.ts'
import type { EffectiveConstraint, SchedulerModel } from '../scheduling/scheduler-model.ts'
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
  /** Bound pods that carry the constraint, terminating ones left out. */
  readonly members: PodRecord[]
}

/**
 * All groups of the cluster, by id, in a stable order. A group's id is made of what decides its counts and its landings, so that it is the same
 * in the next plan, in another process, and for a selector that the API server has already merged matchLabelKeys into.
 */
export function groupsOf(cluster: ClusterReader, model: SchedulerModel): readonly Group[] {
  const groups = new Map<string, Group>()
  const seen: ClassCache = new Map()
  for (const pod of cluster.pods()) {
    if (pod.nodeName === undefined || pod.deletedAt !== undefined || pod.phase === 'Succeeded' || pod.phase === 'Failed') continue
    if (cluster.node(pod.nodeName) === undefined) continue
    for (const { id, constraint } of constraintsOfClass(seen, model, pod)) {
      const group = groups.get(id)
      if (group !== undefined) group.members.push(pod)
      else groups.set(id, { id, namespace: pod.namespace, constraint, representative: pod, members: [pod] })
    }
  }
  return [...groups.values()].sort((a, b) => compareText(a.id, b.id)).map(withStableMembers)
}

interface Keyed {
  readonly id: string
  readonly constraint: EffectiveConstraint
}

/** Replicas share spec and labels as objects; the owner matters too, since cluster defaults derive their selector from it. */
type ClassCache = Map<PodSpec, Map<Labels, Map<string, readonly Keyed[]>>>

function constraintsOfClass(seen: ClassCache, model: SchedulerModel, pod: PodRecord): readonly Keyed[] {
  let bySpec = seen.get(pod.spec)
  if (bySpec === undefined) seen.set(pod.spec, (bySpec = new Map()))
  let byLabels = bySpec.get(pod.labels)
  if (byLabels === undefined) bySpec.set(pod.labels, (byLabels = new Map()))
  const owner = `${pod.namespace}/${pod.controller?.uid ?? ''}`
  let keyed = byLabels.get(owner)
  if (keyed === undefined) {
    const constraints = [...model.constraintsOf(pod), ...antiAffinityConstraints(pod)]
    const hardKeys = constraints.filter(isHard).map(constraint => constraint.topologyKey)
    keyed = constraints.map(constraint => ({ id: groupId(pod, constraint, hardKeys), constraint }))
    byLabels.set(owner, keyed)
  }
  return keyed
}

const isHard = (constraint: EffectiveConstraint): boolean => constraint.whenUnsatisfiable === 'DoNotSchedule'

function groupId(pod: PodRecord, constraint: EffectiveConstraint, hardKeys: readonly string[]): string {
  const { spec } = pod
  const reads = [
    constraint.nodeAffinityPolicy === 'Honor' ? [[...spec.nodeSelector].sort(compareEntries), spec.requiredNodeAffinity ?? null] : null,
    constraint.nodeTaintsPolicy === 'Honor' ? spec.tolerations : null,
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
    [...new Set(hardKeys)].sort(compareText),
  ])
}

/** Does the group's count include this pod, wherever it runs and whether or not it carries the constraint? */
export function counts(group: Group, pod: PodRecord): boolean {
  const { selector } = group.constraint
  // kube-scheduler counts nothing for a selector that matches everything (podtopologyspread/common.go, 1.36).
  return selector.kind === 'requirements' && pod.namespace === group.namespace && matchesLabels(selector, pod.labels)
}

function withStableMembers(group: Group): Group {
  const members = group.members.sort((a, b) => compareText(a.name, b.name))
  return { ...group, members, representative: members[0] ?? group.representative }
}

/** Order by code unit: the same on every machine, unlike a locale's. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function compareEntries(a: readonly [string, string], b: readonly [string, string]): number {
  return compareText(a[0], b[0])
}
