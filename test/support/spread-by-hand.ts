// PodTopologySpread of kube-scheduler 1.36 (podtopologyspread/common.go, filtering.go, scoring.go) told a second time, over objects as they stand in
// manifests and in the simplest words: no index, no record, nothing of the code that it is compared with.

import type {
  RawConstraint,
  RawDefaults,
  RawLabels,
  RawNode,
  RawObject,
  RawPod,
  RawRequirement,
  RawSelector,
  RawTaint,
} from './raw-spread.ts'

/** A constraint with its selector as a test of labels. One that asks for nothing selects every pod, and counts none (countPodsMatchSelector). */
interface Bound extends RawConstraint {
  readonly selects: (labels: RawLabels) => boolean
  readonly selectsAll: boolean
}

type Status = 'Success' | 'Unschedulable' | 'UnschedulableAndUnresolvable'

const HOSTNAME = 'kubernetes.io/hostname'

function holds({ key, operator, values = [] }: RawRequirement, labels: RawLabels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  if (operator === 'In') return value !== undefined && values.includes(value)
  if (operator === 'NotIn') return value === undefined || !values.includes(value)
  if (operator === 'Exists') return value !== undefined
  if (operator === 'DoesNotExist') return value === undefined
  if (value === undefined || !/^-?\d+$/.test(value)) return false
  return operator === 'Gt' ? Number(value) > Number(values[0]) : Number(value) < Number(values[0])
}

function requirementsOf({ matchLabels = {}, matchExpressions = [] }: RawSelector): readonly RawRequirement[] {
  return [...Object.entries(matchLabels).map(([key, value]) => ({ key, operator: 'In', values: [value] })), ...matchExpressions]
}

const selection = (requirements: readonly RawRequirement[]): Pick<Bound, 'selects' | 'selectsAll'> => ({
  selects: labels => requirements.every(requirement => holds(requirement, labels)),
  selectsAll: requirements.length === 0,
})

function ownConstraint(constraint: RawConstraint, labels: RawLabels): Bound {
  if (constraint.labelSelector === undefined || constraint.labelSelector === null) {
    return { ...constraint, selects: () => false, selectsAll: false }
  }
  const present = (constraint.matchLabelKeys ?? []).filter(key => key in labels)
  const narrowing = present.map(key => ({ key, operator: 'In', values: [labels[key] ?? ''] }))
  return { ...constraint, ...selection([...requirementsOf(constraint.labelSelector), ...narrowing]) }
}

const SYSTEM: readonly RawConstraint[] = [
  { topologyKey: HOSTNAME, maxSkew: 3, whenUnsatisfiable: 'ScheduleAnyway' },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5, whenUnsatisfiable: 'ScheduleAnyway' },
]

function constraintsOf(objects: readonly RawObject[], pod: RawPod, defaults: RawDefaults): readonly Bound[] {
  const labels = pod.metadata.labels
  const own = pod.spec.topologySpreadConstraints ?? []
  if (own.length > 0) return own.map(constraint => ownConstraint(constraint, labels))
  const near = objects.filter(object => object.kind !== 'Node' && object.metadata.namespace === pod.metadata.namespace)
  const derived: RawRequirement[] = []
  for (const object of near) {
    if (object.kind !== 'Service' || object.spec.selector === undefined) continue
    const asked = requirementsOf({ matchLabels: object.spec.selector })
    if (asked.every(requirement => holds(requirement, labels))) derived.push(...asked)
  }
  const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller)
  const found = owner && near.find(object => object.kind === owner.kind && object.metadata.name === owner.name)
  if (owner?.apiVersion === 'apps/v1' && (found?.kind === 'ReplicaSet' || found?.kind === 'StatefulSet')) {
    derived.push(...requirementsOf(found.spec.selector))
  }
  if (owner?.apiVersion === 'v1' && found?.kind === 'ReplicationController') {
    derived.push(...requirementsOf({ matchLabels: found.spec.selector }))
  }
  if (derived.length === 0) return []
  const list = defaults.defaultingType === 'System' ? SYSTEM : (defaults.defaultConstraints ?? [])
  return list.map(constraint => ({ ...constraint, ...selection(derived) }))
}

function tolerates(pod: RawPod, taint: RawTaint): boolean {
  return (pod.spec.tolerations ?? []).some(({ key = '', operator = 'Equal', value = '', effect = '' }) => {
    if (effect !== '' && effect !== taint.effect) return false
    if (key !== '' && key !== taint.key) return false
    return operator === 'Exists' || value === (taint.value ?? '')
  })
}

function suits(pod: RawPod, { metadata: { name, labels } }: RawNode): boolean {
  if (!Object.entries(pod.spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value)) return false
  const terms = pod.spec.affinity?.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms
  if (terms === undefined) return true
  return terms.some(({ matchExpressions = [], matchFields = [] }) => {
    if (matchExpressions.length + matchFields.length === 0) return false
    // A field that lists two names is a term that cannot be read.
    if (matchFields.some(({ values = [] }) => values.length !== 1)) return false
    return (
      matchExpressions.every(requirement => holds(requirement, labels)) &&
      matchFields.every(requirement => holds(requirement, { 'metadata.name': name }))
    )
  })
}

function letsIn({ nodeAffinityPolicy, nodeTaintsPolicy }: Bound, pod: RawPod, node: RawNode): boolean {
  if (nodeAffinityPolicy !== 'Ignore' && !suits(pod, node)) return false
  const repelling = (node.spec.taints ?? []).filter(({ effect }) => effect !== 'PreferNoSchedule')
  return nodeTaintsPolicy !== 'Honor' || repelling.every(taint => tolerates(pod, taint))
}

function countOn(objects: readonly RawObject[], pod: RawPod, { selects, selectsAll }: Bound, node: RawNode): number {
  if (selectsAll) return 0
  const counted = objects.filter(
    object =>
      object.kind === 'Pod' &&
      object.spec.nodeName === node.metadata.name &&
      object.status.phase !== 'Succeeded' &&
      object.status.phase !== 'Failed' &&
      object.metadata.deletionTimestamp === undefined &&
      object.metadata.namespace === pod.metadata.namespace &&
      selects(object.metadata.labels),
  )
  return counted.length
}

const labelOf = (node: RawNode, key: string): string | undefined => node.metadata.labels[key]

/** What the filter says, and what the plugin scores those nodes that it lets pass; by node name. */
export interface SpreadByHand {
  readonly filter: Readonly<Record<string, Status>>
  readonly scores: Readonly<Record<string, number>>
}

export function spreadByHand(objects: readonly RawObject[], pod: RawPod, defaults: RawDefaults): SpreadByHand {
  const nodes = objects.filter(object => object.kind === 'Node')
  const all = constraintsOf(objects, pod, defaults)
  const hard = all.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule')
  const soft = all.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'ScheduleAnyway')
  const filter = filterByHand(objects, nodes, pod, hard)
  const isOwn = (pod.spec.topologySpreadConstraints ?? []).length > 0
  const passing = nodes.filter(node => filter[node.metadata.name] === 'Success')
  return { filter, scores: scoreByHand(objects, nodes, passing, pod, soft, isOwn || defaults.defaultingType === 'List') }
}

function filterByHand(
  objects: readonly RawObject[],
  nodes: readonly RawNode[],
  pod: RawPod,
  hard: readonly Bound[],
): Record<string, Status> {
  const withKeys = nodes.filter(node => hard.every(({ topologyKey }) => labelOf(node, topologyKey) !== undefined))
  const judged = hard.map(constraint => {
    const counts = new Map<string, number>()
    for (const node of withKeys) {
      if (!letsIn(constraint, pod, node)) continue
      const domain = labelOf(node, constraint.topologyKey) ?? ''
      counts.set(domain, (counts.get(domain) ?? 0) + countOn(objects, pod, constraint, node))
    }
    const minimum = counts.size < (constraint.minDomains ?? 1) ? 0 : Math.min(...counts.values())
    return { constraint, counts, minimum, self: constraint.selects(pod.metadata.labels) ? 1 : 0 }
  })
  const statusOf = (node: RawNode): Status => {
    for (const { constraint, counts, minimum, self } of judged) {
      const domain = labelOf(node, constraint.topologyKey)
      if (domain === undefined) return 'UnschedulableAndUnresolvable'
      if ((counts.get(domain) ?? 0) + self - minimum > constraint.maxSkew) return 'Unschedulable'
    }
    return 'Success'
  }
  return Object.fromEntries(nodes.map(node => [node.metadata.name, statusOf(node)]))
}

function scoreByHand(
  objects: readonly RawObject[],
  nodes: readonly RawNode[],
  passing: readonly RawNode[],
  pod: RawPod,
  soft: readonly Bound[],
  needsAllKeys: boolean,
): Record<string, number> {
  if (soft.length === 0) return Object.fromEntries(passing.map(node => [node.metadata.name, 0]))
  const takesPart = (node: RawNode): boolean => !needsAllKeys || soft.every(({ topologyKey }) => labelOf(node, topologyKey) !== undefined)
  const scored = passing.filter(takesPart)
  const rawOf = (node: RawNode): number => {
    let sum = 0
    for (const constraint of soft) {
      const { topologyKey, maxSkew } = constraint
      const domain = labelOf(node, topologyKey)
      if (domain === undefined) continue
      const isHost = topologyKey === HOSTNAME
      const size = isHost ? scored.length : new Set(scored.map(each => labelOf(each, topologyKey) ?? '')).size
      const counted = isHost
        ? [node]
        : nodes.filter(each => takesPart(each) && letsIn(constraint, pod, each) && (labelOf(each, topologyKey) ?? '') === domain)
      const count = counted.reduce((total, each) => total + countOn(objects, pod, constraint, each), 0)
      sum += count * Math.log(size + 2) + (maxSkew - 1)
    }
    return Math.round(sum)
  }
  const raws = scored.map(rawOf)
  const [least, most] = [Math.min(...raws), Math.max(0, ...raws)]
  return Object.fromEntries(
    passing.map(node => {
      if (!takesPart(node)) return [node.metadata.name, 0]
      return [node.metadata.name, most === 0 ? 100 : Math.floor((100 * (most + least - rawOf(node))) / most)]
    }),
  )
}
