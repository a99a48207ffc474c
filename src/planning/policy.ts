import { ANNOTATIONS } from '../cluster/annotations.ts'
import type { LabelSelector } from '../cluster/labels.ts'

/** What an operator allows and forbids; the parsed form of the configuration file, defaults filled in. Durations are milliseconds. */
export interface Policy {
  readonly namespaces: {
    /** By name; empty: every namespace. */
    readonly include: readonly string[]
    readonly exclude: readonly string[]
    /** By the labels of the namespace: these are acted on, those are left alone. */
    readonly includeSelector: LabelSelector
    readonly excludeSelector: LabelSelector
  }
  /** Only pods with these labels are moved. */
  readonly podSelector: LabelSelector
  /** Only what says `respread.io/evict: "true"` (pod before workload before namespace) is moved. */
  readonly optIn: boolean
  /** Owner kinds whose pods may be moved. */
  readonly ownerKinds: readonly string[]
  /** Pods of this priority or higher are left alone. */
  readonly priorityThreshold: number
  readonly minimumPodAge: number
  readonly minimumReplicas: number
  readonly allowLocalStorage: boolean
  /** Pods with claims of these storage classes are left alone. */
  readonly protectedStorageClasses: readonly string[]
  /** Annotations of other tools that protect a pod here too. */
  readonly heededAnnotations: readonly HeededAnnotation[]
  readonly constraints: {
    readonly hard: boolean
    readonly soft: boolean
    readonly clusterDefaults: boolean
    readonly softAntiAffinity: boolean
  }
  /** Only these keys are acted on; empty: every key. */
  readonly topologyKeys: readonly string[]
  /** By key: domains that should exist whether or not they have nodes now. */
  readonly expectedDomains: ReadonlyMap<string, readonly string[]>
  readonly caps: {
    /** In flight for a workload without a budget: this percentage of its replicas, at least 1. */
    readonly workloadPercent: number
    readonly namespace: number
    readonly node: number
    readonly cluster: number
    /** New evictions of one cycle, which is one plan and what it admits. */
    readonly cycle: number
  }
  readonly outage: { readonly notReadyPercent: number; readonly notReadyNodes: number }
  /** respread's own pods, evicted last: those of the namespace that carry all of these labels. */
  readonly self: { readonly namespace: string; readonly labels: ReadonlyMap<string, string> } | undefined
}

/** Annotations by which other tools are told to leave a pod alone. */
export const HEEDED_ANNOTATIONS = [ANNOTATIONS.doNotDisrupt, ANNOTATIONS.safeToEvict, ANNOTATIONS.preferNoEviction] as const

type HeededAnnotation = (typeof HEEDED_ANNOTATIONS)[number]

export const DEFAULT_POLICY: Policy = {
  namespaces: { include: [], exclude: ['kube-system'], includeSelector: { kind: 'everything' }, excludeSelector: { kind: 'nothing' } },
  podSelector: { kind: 'everything' },
  optIn: false,
  ownerKinds: ['ReplicaSet', 'StatefulSet', 'ReplicationController'],
  priorityThreshold: 2_000_000_000,
  minimumPodAge: 60_000,
  minimumReplicas: 2,
  allowLocalStorage: false,
  protectedStorageClasses: [],
  heededAnnotations: HEEDED_ANNOTATIONS,
  constraints: { hard: true, soft: true, clusterDefaults: false, softAntiAffinity: false },
  topologyKeys: [],
  expectedDomains: new Map(),
  caps: { workloadPercent: 10, namespace: 5, node: 2, cluster: 20, cycle: 20 },
  outage: { notReadyPercent: 55, notReadyNodes: 3 },
  self: undefined,
}
