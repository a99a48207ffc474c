import type { BudgetRecord } from '../../src/cluster/budget.ts'
import { withoutCopied } from '../../src/cluster/copied-labels.ts'
import { NO_LABELS } from '../../src/cluster/labels.ts'
import type { NodeRecord } from '../../src/cluster/node.ts'
import type { OwnerRef, PodRecord, PodSpec } from '../../src/cluster/pod.ts'
import { NO_RESOURCES } from '../../src/cluster/resources.ts'

/** A spec that asks the scheduler for nothing. */
export const PLAIN_SPEC: PodSpec = {
  schedulerName: 'default-scheduler',
  priority: 0,
  priorityClassName: undefined,
  preemptionPolicy: 'PreemptLowerPriority',
  nodeSelector: NO_LABELS,
  requiredNodeAffinity: undefined,
  preferredNodeAffinity: [],
  podAffinity: { required: [], preferred: [] },
  podAntiAffinity: { required: [], preferred: [] },
  tolerations: [],
  topologySpreadConstraints: [],
  hostPorts: [],
  requests: NO_RESOURCES,
  scoredRequests: { cpu: 100, memory: 200 * 1024 * 1024 },
  images: ['registry.example/app:1'],
  containerCount: 1,
  schedulingGates: [],
  usesResourceClaims: false,
  inlineDisks: [],
  localVolumes: [],
  hostNetwork: false,
  requiredNodeFeatures: [],
  runtimeClassName: undefined,
  terminationGracePeriodSeconds: 30,
  problems: [],
  unreadConstraints: undefined,
}

/** A running, ready pod; its uid is its name unless given. */
export function podRecord(fields: Partial<PodRecord> = {}): PodRecord {
  const name = fields.name ?? 'web-0'
  return {
    kind: 'Pod',
    namespace: 'shop',
    name,
    uid: name,
    labels: NO_LABELS,
    ownLabels: withoutCopied(fields.labels ?? NO_LABELS),
    annotations: NO_LABELS,
    controller: undefined,
    spec: PLAIN_SPEC,
    claims: [],
    nodeName: undefined,
    nominatedNodeName: undefined,
    phase: 'Running',
    ready: true,
    readySince: 0,
    createdAt: 0,
    deletedAt: undefined,
    charged: NO_RESOURCES,
    chargedScored: PLAIN_SPEC.scoredRequests,
    crashLooping: false,
    unschedulableMessage: undefined,
    ...fields,
  }
}

/** The reference of a pod to the ReplicaSet that controls it. */
export function ownedBy(uid: string): OwnerRef {
  return { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: uid, uid }
}

/** A ready node with room for 110 pods. */
export function nodeRecord(fields: Partial<NodeRecord> = {}): NodeRecord {
  const name = fields.name ?? 'node-a'
  return {
    kind: 'Node',
    name,
    uid: name,
    labels: NO_LABELS,
    taints: [],
    unschedulable: false,
    allocatable: NO_RESOURCES,
    podSlots: 110,
    images: new Map(),
    ready: 'True',
    readySince: 0,
    createdAt: 0,
    deletedAt: undefined,
    declaredFeatures: [],
    problems: [],
    ...fields,
  }
}

/** A budget over every pod of its namespace that allows one disruption. */
export function budgetRecord(fields: Partial<BudgetRecord> = {}): BudgetRecord {
  const name = fields.name ?? 'budget'
  return {
    kind: 'PodDisruptionBudget',
    namespace: 'shop',
    name,
    uid: name,
    selector: { kind: 'everything' },
    minAvailable: undefined,
    maxUnavailable: { kind: 'int', value: 1 },
    unhealthyPodEvictionPolicy: 'IfHealthyBudget',
    generation: 1,
    status: {
      observedGeneration: 1,
      disruptionsAllowed: 1,
      currentHealthy: 2,
      desiredHealthy: 1,
      expectedPods: 2,
      disruptedPods: new Map(),
    },
    problems: [],
    ...fields,
  }
}
