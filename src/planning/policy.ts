/** What an operator allows and forbids; the parsed form of the configuration file, defaults filled in. Durations are milliseconds. */
export interface Policy {
  readonly namespaces: { readonly include: readonly string[]; readonly exclude: readonly string[] }
  /** Owner kinds whose pods may be moved. */
  readonly ownerKinds: readonly string[]
  /** Pods of this priority or higher are left alone. */
  readonly priorityThreshold: number
  readonly minimumPodAge: number
  readonly minimumReplicas: number
  readonly allowLocalStorage: boolean
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
  }
  readonly outage: { readonly notReadyPercent: number; readonly notReadyNodes: number }
  /** respread's own pods, evicted last: namespace and app label value. */
  readonly self: { readonly namespace: string; readonly labels: ReadonlyMap<string, string> } | undefined
}

export const DEFAULT_POLICY: Policy = {
  namespaces: { include: [], exclude: ['kube-system'] },
  ownerKinds: ['ReplicaSet', 'StatefulSet', 'ReplicationController'],
  priorityThreshold: 2_000_000_000,
  minimumPodAge: 60_000,
  minimumReplicas: 2,
  allowLocalStorage: false,
  constraints: { hard: true, soft: true, clusterDefaults: false, softAntiAffinity: false },
  topologyKeys: [],
  expectedDomains: new Map(),
  caps: { workloadPercent: 10, namespace: 5, node: 2, cluster: 20 },
  outage: { notReadyPercent: 55, notReadyNodes: 3 },
  self: undefined,
}
