import type { TaintEffect, Toleration } from '../cluster/node-selector.ts'
import type { RawObject } from './object-store.ts'

// The parts of Kubernetes objects that the embedded controllers read and write, as they go over the wire. Everything that a person may leave
// out of a manifest is optional; nobody validates what is applied, so the controllers fill in the API's defaults where they read.

export interface WireObjects {
  readonly pods: PodObject
  readonly nodes: NodeObject
  readonly deployments: DeploymentObject
  readonly replicasets: ReplicaSetObject
  readonly statefulsets: StatefulSetObject
  readonly daemonsets: DaemonSetObject
  readonly controllerrevisions: RevisionObject
  readonly poddisruptionbudgets: BudgetObject
  readonly persistentvolumeclaims: ClaimObject
  readonly persistentvolumes: VolumeObject
  readonly storageclasses: StorageClassObject
  readonly priorityclasses: PriorityClassObject
}

export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason?: string
  readonly message?: string
  /** A condition of a pod carries it, always null. */
  readonly lastProbeTime?: null
  readonly lastTransitionTime?: string
}

interface WireSelector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[]
}

export interface WireTaint {
  readonly key: string
  readonly value?: string
  readonly effect: TaintEffect
  readonly timeAdded?: string
}

export interface WireToleration {
  readonly key?: string
  readonly operator?: Toleration['operator']
  readonly value?: string
  readonly effect?: Toleration['effect']
  readonly tolerationSeconds?: number
}

interface WireContainer {
  readonly name: string
  readonly image?: string
  readonly [field: string]: unknown
}

export interface WireSpreadConstraint {
  readonly topologyKey: string
  readonly labelSelector?: WireSelector
  readonly matchLabelKeys?: readonly string[]
  readonly [field: string]: unknown
}

interface WireVolume {
  readonly name: string
  readonly persistentVolumeClaim?: { readonly claimName: string }
  readonly [field: string]: unknown
}

export interface WirePodSpec {
  readonly nodeName?: string
  readonly schedulerName?: string
  readonly priority?: number
  readonly priorityClassName?: string
  readonly preemptionPolicy?: string
  readonly restartPolicy?: string
  readonly terminationGracePeriodSeconds?: number
  readonly hostname?: string
  readonly subdomain?: string
  readonly tolerations?: readonly WireToleration[]
  readonly topologySpreadConstraints?: readonly WireSpreadConstraint[]
  readonly schedulingGates?: readonly { readonly name: string }[]
  readonly volumes?: readonly WireVolume[]
  readonly containers?: readonly WireContainer[]
  readonly affinity?: {
    readonly nodeAffinity?: { readonly [field: string]: unknown }
    readonly [field: string]: unknown
  }
  readonly [field: string]: unknown
}

export interface PodObject extends RawObject {
  readonly spec?: WirePodSpec
  readonly status?: {
    readonly phase?: string
    readonly conditions?: readonly Condition[]
    readonly containerStatuses?: readonly {
      readonly name: string
      readonly ready: boolean
      readonly restartCount: number
      readonly [field: string]: unknown
    }[]
    readonly [field: string]: unknown
  }
}

export interface WireTemplate {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>> }
  readonly spec?: WirePodSpec
}

export interface NodeObject extends RawObject {
  readonly spec?: { readonly unschedulable?: boolean; readonly taints?: readonly WireTaint[]; readonly [field: string]: unknown }
  readonly status?: {
    readonly conditions?: readonly Condition[]
    readonly images?: readonly { readonly names: readonly string[]; readonly sizeBytes: number }[]
    readonly [field: string]: unknown
  }
}

interface WorkloadStatus {
  readonly observedGeneration?: number
  readonly replicas?: number
  readonly readyReplicas?: number
  readonly availableReplicas?: number
  readonly [field: string]: unknown
}

export interface DeploymentObject extends RawObject {
  readonly spec?: {
    readonly replicas?: number
    readonly selector?: WireSelector
    readonly template?: WireTemplate
    readonly paused?: boolean
    readonly minReadySeconds?: number
    readonly revisionHistoryLimit?: number
    readonly strategy?: {
      readonly type?: string
      readonly rollingUpdate?: { readonly maxSurge?: number | string; readonly maxUnavailable?: number | string }
    }
    readonly [field: string]: unknown
  }
  readonly status?: WorkloadStatus & { readonly conditions?: readonly Condition[] }
}

export interface ReplicaSetObject extends RawObject {
  readonly spec?: {
    readonly replicas?: number
    readonly selector?: WireSelector
    readonly template?: WireTemplate
    readonly minReadySeconds?: number
    readonly [field: string]: unknown
  }
  readonly status?: WorkloadStatus
}

export interface StatefulSetObject extends RawObject {
  readonly spec?: {
    readonly replicas?: number
    readonly serviceName?: string
    readonly selector?: WireSelector
    readonly template?: WireTemplate
    readonly podManagementPolicy?: string
    readonly minReadySeconds?: number
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly partition?: number } }
    readonly volumeClaimTemplates?: readonly {
      readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> }
      readonly spec?: { readonly [field: string]: unknown }
    }[]
    readonly [field: string]: unknown
  }
  readonly status?: WorkloadStatus & {
    readonly currentRevision?: string
    readonly updateRevision?: string
    readonly currentReplicas?: number
    readonly updatedReplicas?: number
  }
}

export interface RevisionObject extends RawObject {
  readonly data?: { readonly spec: { readonly template: WireTemplate } }
  readonly revision?: number
}

export interface DaemonSetObject extends RawObject {
  readonly spec?: { readonly selector?: WireSelector; readonly template?: WireTemplate; readonly [field: string]: unknown }
  readonly status?: { readonly [field: string]: unknown }
}

export interface BudgetObject extends RawObject {
  readonly spec?: { readonly selector?: WireSelector; readonly [field: string]: unknown }
  readonly status?: {
    readonly observedGeneration?: number
    readonly disruptionsAllowed?: number
    readonly disruptedPods?: Readonly<Record<string, string>>
    readonly conditions?: readonly Condition[]
    readonly [field: string]: unknown
  }
}

export interface ClaimObject extends RawObject {
  readonly spec?: {
    readonly storageClassName?: string
    readonly volumeName?: string
    readonly accessModes?: readonly string[]
    readonly volumeMode?: string
    readonly resources?: { readonly requests?: Readonly<Record<string, string>> }
    readonly [field: string]: unknown
  }
  readonly status?: { readonly phase?: string; readonly [field: string]: unknown }
}

interface VolumeObject extends RawObject {
  readonly spec?: {
    readonly claimRef?: { readonly namespace?: string; readonly name?: string; readonly uid?: string; readonly [field: string]: unknown }
    readonly persistentVolumeReclaimPolicy?: string
    readonly [field: string]: unknown
  }
  readonly status?: { readonly phase?: string }
}

export interface StorageClassObject extends RawObject {
  readonly provisioner?: string
  readonly volumeBindingMode?: string
  readonly reclaimPolicy?: string
}

export interface PriorityClassObject extends RawObject {
  readonly value?: number
  readonly globalDefault?: boolean
  readonly preemptionPolicy?: string
}
