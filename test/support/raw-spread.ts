// Objects as manifests write them, as far as PodTopologySpread reads them.

export type RawLabels = Readonly<Record<string, string>>

export interface RawRequirement {
  readonly key: string
  readonly operator: string
  readonly values?: readonly string[] | undefined
}

export interface RawSelector {
  readonly matchLabels?: RawLabels | undefined
  readonly matchExpressions?: readonly RawRequirement[] | undefined
}

export interface RawConstraint {
  readonly topologyKey: string
  readonly maxSkew: number
  readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway'
  readonly minDomains?: number | undefined
  readonly labelSelector?: RawSelector | null | undefined
  readonly matchLabelKeys?: readonly string[] | undefined
  readonly nodeAffinityPolicy?: string | undefined
  readonly nodeTaintsPolicy?: string | undefined
}

export interface RawTaint {
  readonly key: string
  readonly value?: string | undefined
  readonly effect: string
}

interface RawToleration {
  readonly key?: string | undefined
  readonly operator?: string | undefined
  readonly value?: string | undefined
  readonly effect?: string | undefined
}

interface RawTerm {
  readonly matchExpressions?: readonly RawRequirement[] | undefined
  readonly matchFields?: readonly RawRequirement[] | undefined
}

interface RawAffinity {
  readonly nodeAffinity: { readonly requiredDuringSchedulingIgnoredDuringExecution: { readonly nodeSelectorTerms: readonly RawTerm[] } }
}

interface RawOwner {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly controller: boolean
}

export interface RawNode {
  readonly kind: 'Node'
  readonly metadata: { readonly name: string; readonly labels: RawLabels }
  readonly spec: { readonly taints?: readonly RawTaint[] | undefined }
}

export interface RawPod {
  readonly kind: 'Pod'
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly labels: RawLabels
    readonly deletionTimestamp?: string | undefined
    readonly ownerReferences?: readonly RawOwner[] | undefined
  }
  readonly spec: {
    readonly nodeName?: string | undefined
    readonly topologySpreadConstraints?: readonly RawConstraint[] | undefined
    readonly nodeSelector?: RawLabels | undefined
    readonly affinity?: RawAffinity | undefined
    readonly tolerations?: readonly RawToleration[] | undefined
  }
  readonly status: { readonly phase: string }
}

interface Namespaced {
  readonly metadata: { readonly name: string; readonly namespace: string }
}

interface RawBySet extends Namespaced {
  readonly kind: 'Service' | 'ReplicationController'
  readonly spec: { readonly selector?: RawLabels | undefined }
}

interface RawBySelector extends Namespaced {
  readonly kind: 'ReplicaSet' | 'StatefulSet'
  readonly spec: { readonly selector: RawSelector }
}

export type RawObject = RawNode | RawPod | RawBySet | RawBySelector

/** `PodTopologySpreadArgs`: what binds pods without constraints of their own. */
export interface RawDefaults {
  readonly defaultingType: 'System' | 'List'
  readonly defaultConstraints?: readonly RawConstraint[] | undefined
}
