import type { LabelSelector, Labels } from './labels.ts'
import type { OwnerRef, PodSpec } from './pod.ts'

export const WORKLOAD_KINDS = ['ReplicaSet', 'Deployment', 'StatefulSet', 'ReplicationController', 'DaemonSet', 'Job'] as const

export type WorkloadKind = (typeof WORKLOAD_KINDS)[number]

export function isWorkload<R extends { readonly kind: string }>(record: R): record is R & { readonly kind: WorkloadKind } {
  return WORKLOAD_KINDS.some(kind => kind === record.kind)
}

/** The pod template of a workload: what its next pod will look like, before admission. */
export interface PodTemplate {
  readonly labels: Labels
  readonly annotations: Labels
  readonly spec: PodSpec
  /** Names of claims as written in the template. */
  readonly claims: readonly string[]
  /** Names of generic ephemeral volumes: a pod's claim is `<pod>-<volume>`. */
  readonly ephemeralVolumes: readonly string[]
}

/** A controller of pods, or a controller of those: what tells whether it is rolling out and what its replacements will look like. */
export interface WorkloadRecord {
  readonly kind: WorkloadKind
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly annotations: Labels
  readonly controller: OwnerRef | undefined
  /** Also `nothing` where no pod is left to ask about: of a ReplicaSet without any. */
  readonly selector: LabelSelector
  /** spec.replicas, defaulted to 1. For a DaemonSet the desired number scheduled, for a Job its parallelism. */
  readonly replicas: number
  /** Undefined also where no replacement is made from it: of a Deployment, DaemonSet, Job, or ReplicaSet without replicas. */
  readonly template: PodTemplate | undefined
  readonly createdAt: number
  readonly deletedAt: number | undefined
  readonly paused: boolean
  readonly generation: number
  readonly observedGeneration: number
  readonly status: {
    readonly replicas: number
    readonly updatedReplicas: number
  }
  /** Only a StatefulSet's: how a changed template reaches its pods. */
  readonly statefulSet:
    | {
        readonly updateStrategy: 'RollingUpdate' | 'OnDelete'
        readonly partition: number
        /** It makes a pod only while all of lower ordinals are Ready (podManagementPolicy OrderedReady). */
        readonly isOrdered: boolean
        readonly firstOrdinal: number
        readonly currentRevision: string
        readonly updateRevision: string
        /** Names of volumeClaimTemplates: a pod's claim is `<template>-<pod>`. */
        readonly claimTemplates: readonly string[]
      }
    | undefined
  /** `deployment.kubernetes.io/revision` of a ReplicaSet or Deployment. */
  readonly revision: string | undefined
  readonly problems: readonly string[]
}
