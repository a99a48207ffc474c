import type { Labels, LabelSelector } from './labels.ts'
import type { NodeSelector, PreferredNodeTerm, Toleration } from './node-selector.ts'
import type { Resources } from './resources.ts'
import type { PersistentVolumeClaimRecord } from './volume.ts'

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown'

/** The controlling owner (`controller: true`) of an object. */
export interface OwnerRef {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
}

export type WhenUnsatisfiable = 'DoNotSchedule' | 'ScheduleAnyway'

/** One topologySpreadConstraint as written on a pod or in a scheduler profile, with the API's defaults filled in. */
export interface TopologySpreadConstraint {
  readonly topologyKey: string
  readonly whenUnsatisfiable: WhenUnsatisfiable
  readonly maxSkew: number
  readonly minDomains: number | undefined
  readonly selector: LabelSelector
  readonly matchLabelKeys: readonly string[]
  readonly nodeAffinityPolicy: 'Honor' | 'Ignore'
  readonly nodeTaintsPolicy: 'Honor' | 'Ignore'
}

export interface PodAffinityTerm {
  readonly selector: LabelSelector
  readonly topologyKey: string
  /** Namespaces by name. Empty together with an absent namespaceSelector: the pod's own namespace. */
  readonly namespaces: readonly string[]
  readonly namespaceSelector: LabelSelector | undefined
  readonly matchLabelKeys: readonly string[]
  readonly mismatchLabelKeys: readonly string[]
}

export interface WeightedPodAffinityTerm {
  readonly weight: number
  readonly term: PodAffinityTerm
}

export interface PodAffinity {
  readonly required: readonly PodAffinityTerm[]
  readonly preferred: readonly WeightedPodAffinityTerm[]
}

export interface HostPort {
  readonly ip: string
  readonly port: number
  readonly protocol: string
}

/** A volume written into the pod spec that only some nodes or pods can share (VolumeRestrictions), identified as upstream does. */
export type InlineDisk =
  | { readonly kind: 'gcePersistentDisk'; readonly id: string; readonly readOnly: boolean }
  | { readonly kind: 'awsElasticBlockStore'; readonly id: string; readonly readOnly: boolean }
  | { readonly kind: 'iscsi'; readonly iqn: string; readonly readOnly: boolean }
  | {
      readonly kind: 'rbd'
      readonly monitors: readonly string[]
      readonly pool: string
      readonly image: string
      readonly readOnly: boolean
    }
  | { readonly kind: 'azureDisk'; readonly id: string; readonly readOnly: boolean }
  | { readonly kind: 'cinder'; readonly id: string; readonly readOnly: boolean }
  | { readonly kind: 'csi'; readonly driver: string; readonly volume: string; readonly readOnly: boolean }

/** A volume that lives and dies with the pod on its node: an emptyDir on disk, or a hostPath. */
export interface LocalVolume {
  readonly name: string
  readonly kind: 'emptyDir' | 'hostPath'
}

/**
 * What the replicas of one template share, interned: two pods with equal specs hold the same object, so `===` on it means "asks the
 * scheduler the same question" (given equal labels, namespace and claims). Everything is as kube-scheduler reads it.
 */
export interface PodSpec {
  readonly schedulerName: string
  readonly priority: number
  readonly priorityClassName: string | undefined
  readonly preemptionPolicy: 'PreemptLowerPriority' | 'Never'
  readonly nodeSelector: Labels
  /** `requiredDuringSchedulingIgnoredDuringExecution` of nodeAffinity; undefined when absent. */
  readonly requiredNodeAffinity: NodeSelector | undefined
  readonly preferredNodeAffinity: readonly PreferredNodeTerm[]
  readonly podAffinity: PodAffinity
  readonly podAntiAffinity: PodAffinity
  readonly tolerations: readonly Toleration[]
  readonly topologySpreadConstraints: readonly TopologySpreadConstraint[]
  readonly hostPorts: readonly HostPort[]
  /** What NodeResourcesFit asks for an incoming pod: containers, init containers, pod-level requests and overhead. */
  readonly requests: Resources
  /** What LeastAllocated charges for it when it arrives: every container without a request counts 100m / 200 MiB; pod-level ignored. */
  readonly scoredRequests: ScoredRequests
  /** Normalised image names (a tag is always there) of containers, init containers and image volumes. */
  readonly images: readonly string[]
  /** Containers including init containers, as ImageLocality scales by. */
  readonly containerCount: number
  readonly schedulingGates: readonly string[]
  readonly usesResourceClaims: boolean
  readonly inlineDisks: readonly InlineDisk[]
  readonly localVolumes: readonly LocalVolume[]
  /** The host's network: its container ports are host ports. */
  readonly hostNetwork: boolean
  /** Features that a node must declare for it (NodeDeclaredFeatures), as far as the spec gives them away. */
  readonly requiredNodeFeatures: readonly string[]
  /** Undefined for the default one, which adds nothing to the spec. */
  readonly runtimeClassName: string | undefined
  readonly terminationGracePeriodSeconds: number
  /** Parts of the spec that could not be read, one sentence each. Such a pod is never predicted for and never evicted. */
  readonly problems: readonly string[]
  /** The first of the problems that is with its spread constraints: it may have fewer than are written. Undefined where all could be read. */
  readonly unreadConstraints: string | undefined
}

export interface ScoredRequests {
  readonly cpu: number
  readonly memory: number
}

/** A pod as respread knows it: what differs between replicas; the rest is in the interned {@link PodSpec} and {@link Labels}. */
export interface PodRecord {
  readonly kind: 'Pod'
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly labels: Labels
  /** Those that it did not get from its node (copied-labels.ts): what replicas share wherever they run. */
  readonly ownLabels: Labels
  /** Only the annotations that respread reads (see annotations.ts). */
  readonly annotations: Labels
  readonly controller: OwnerRef | undefined
  readonly spec: PodSpec
  /** Names of the PersistentVolumeClaims used, generic ephemeral volumes included (as `<pod>-<volume>`). */
  readonly claims: readonly string[]
  /** Those of its claims that come into being only with the pod: the generic ephemeral volumes of a replacement. */
  readonly claimsToCome?: readonly PersistentVolumeClaimRecord[]
  readonly nodeName: string | undefined
  readonly nominatedNodeName: string | undefined
  readonly phase: PodPhase
  /** Condition Ready is True. */
  readonly ready: boolean
  /** Milliseconds since the epoch, here and below. When the Ready condition last changed. */
  readonly readySince: number | undefined
  readonly createdAt: number
  /** metadata.deletionTimestamp: set means terminating. */
  readonly deletedAt: number | undefined
  /** What it is charged on its node (spec, allocated and actual resources of running containers); `spec.requests` when there is no status. */
  readonly charged: Resources
  readonly chargedScored: ScoredRequests
  /** A container waits in CrashLoopBackOff: what "the replacement never gets Ready" looks like. */
  readonly crashLooping: boolean
  /** Why the scheduler could not place it (condition PodScheduled=False), in its own words. */
  readonly unschedulableMessage: string | undefined
}

/** All its terms of pod affinity and anti-affinity, required and preferred. */
export function affinityTerms({
  podAffinity,
  podAntiAffinity,
}: Pick<PodSpec, 'podAffinity' | 'podAntiAffinity'>): readonly PodAffinityTerm[] {
  return [podAffinity, podAntiAffinity].flatMap(({ required, preferred }) => [...required, ...preferred.map(({ term }) => term)])
}

/** In a terminal phase: it uses nothing any more and counts nowhere. */
export function isFinished(pod: PodRecord): boolean {
  return pod.phase === 'Succeeded' || pod.phase === 'Failed'
}
