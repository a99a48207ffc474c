import type { ClusterReader } from '../cluster/cluster-state.ts'
import { matchesLabels, selectorFromLabels, selectorKey, withRequirements } from '../cluster/label-selector.ts'
import type { Labels, LabelSelector } from '../cluster/labels.ts'
import type { OwnerRef, PodRecord, TopologySpreadConstraint } from '../cluster/pod.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import { HOSTNAME_LABEL, ZONE_LABEL } from '../cluster/topology-labels.ts'
import { withLabelKeys } from './admission.ts'
import type { ConstraintOrigin } from './prediction.ts'
import type { SchedulerProfile } from './profile.ts'
import type { EffectiveConstraint } from './scheduler-model.ts'

type DefaultConstraint = Omit<TopologySpreadConstraint, 'selector'>

const DEFAULTS = {
  whenUnsatisfiable: 'ScheduleAnyway',
  minDomains: undefined,
  matchLabelKeys: [],
  nodeAffinityPolicy: 'Honor',
  nodeTaintsPolicy: 'Ignore',
} as const

/** What `defaultingType: System` stands for (podtopologyspread/plugin.go, 1.36). */
const SYSTEM_DEFAULTS: readonly DefaultConstraint[] = [
  { ...DEFAULTS, topologyKey: HOSTNAME_LABEL, maxSkew: 3 },
  { ...DEFAULTS, topologyKey: ZONE_LABEL, maxSkew: 5 },
]

/**
 * The constraints that bind a pod, in spec order: its own, or the profile's defaults when it has none at all, be those of no use to anybody.
 * Defaults bind only pods for which a selector can be derived (podtopologyspread/common.go, 1.36).
 */
export function effectiveConstraints(cluster: ClusterReader, profile: SchedulerProfile, pod: PodRecord): readonly EffectiveConstraint[] {
  const own = pod.spec.topologySpreadConstraints
  if (own.length > 0) return own.map(constraint => effective(constraint, withLabelKeys(constraint, pod.labels), 'pod', pod.labels))
  if (pod.spec.unreadConstraints !== undefined) return []
  const defaults = profile.defaultConstraints.type === 'System' ? SYSTEM_DEFAULTS : profile.defaultConstraints.constraints
  if (defaults.length === 0) return []
  const selector = derivedSelector(cluster, pod)
  if (selector.kind === 'everything') return []
  return defaults.map(constraint => effective(constraint, selector, 'default', pod.labels))
}

/**
 * Whether a node must have the keys of all the pod's soft constraints to be scored and counted for them: not under the System defaults,
 * which let a node without a zone take part by its hostname alone (podtopologyspread/scoring.go, 1.36).
 */
export function needsAllSoftKeys(profile: SchedulerProfile, pod: PodRecord): boolean {
  return pod.spec.topologySpreadConstraints.length > 0 || profile.defaultConstraints.type !== 'System'
}

/** The hostname key is counted node by node when scoring, whatever its value. */
export function isScoredByNode(constraint: EffectiveConstraint): boolean {
  return constraint.topologyKey === HOSTNAME_LABEL
}

function effective(constraint: DefaultConstraint, selector: LabelSelector, origin: ConstraintOrigin, labels: Labels): EffectiveConstraint {
  return { ...constraint, selector, origin, selfMatch: matchesLabels(selector, labels) }
}

/** The selectors of all Services that select the pod, and that of its owner (plugins/helper/spread.go DefaultSelector, 1.36). */
function derivedSelector(cluster: ClusterReader, pod: PodRecord): LabelSelector {
  const ofServices = new Map<string, string>()
  for (const { selector } of cluster.servicesIn(pod.namespace)) {
    if (selector === undefined || !selectsLabels(selector, pod.labels)) continue
    for (const [key, value] of selector) ofServices.set(key, value)
  }
  const selector = selectorFromLabels(ofServices)
  const owner = pod.controller === undefined ? undefined : ownerSelector(cluster, pod.namespace, pod.controller)
  // A null selector of an owner adds nothing, as does one that selects everything or cannot be read.
  return owner?.kind === 'requirements' ? withRequirements(selector, owner.requirements) : selector
}

/** What default constraints derive selectors from, as text: status updates of owners, the bulk of what happens to them, leave it as it is. */
export function derivedFrom(record: ClusterRecord | undefined): string | undefined {
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

/** Whether the default constraints of a pod in the record's namespace derive their selector from it. */
export function derivesFrom(record: ClusterRecord, { labels, controller }: PodRecord): boolean {
  if (record.kind === 'Service') return record.selector !== undefined && selectsLabels(record.selector, labels)
  return controller?.kind === record.kind && controller.name === record.name
}

function selectsLabels(selector: Labels, labels: Labels): boolean {
  for (const [key, value] of selector) {
    if (labels.get(key) !== value) return false
  }
  return true
}

/** Found by name alone, as upstream; other kinds of owner (Job, DaemonSet, custom ones) derive nothing. */
function ownerSelector(cluster: ClusterReader, namespace: string, { apiVersion, kind, name }: OwnerRef): LabelSelector | undefined {
  const key = `${namespace}/${name}`
  if (apiVersion === 'apps/v1' && (kind === 'ReplicaSet' || kind === 'StatefulSet')) return cluster.get(kind, key)?.selector
  if (apiVersion === 'v1' && kind === 'ReplicationController') return cluster.get(kind, key)?.selector
  return undefined
}
