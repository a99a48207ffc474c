import type { DelayRange } from './random.ts'

/** How long things take in the embedded cluster. Milliseconds; a range is drawn from anew each time. */
export interface Timings {
  /** From an event to the reconcile of a controller: informer lag and the work of other keys. */
  readonly controller: DelayRange
  /** The same for the disruption controller: how far the status of a budget trails the pods. */
  readonly budget: DelayRange
  /** From the scheduler taking a pod off its queue to the binding. */
  readonly scheduling: DelayRange
  /** First and longest back-off of a pod that did not fit (podInitialBackoffSeconds, podMaxBackoffSeconds). */
  readonly schedulingBackoff: DelayRange
  /** A pod that does not fit is tried again after this time though nothing happened (flushUnschedulablePodsLeftover). */
  readonly unschedulableFlush: number
  /** From bound to Running: volumes, image, sandbox. */
  readonly podStart: DelayRange
  /** From Running to Ready. */
  readonly podReady: DelayRange
  /** From deletionTimestamp to gone, cut off at the pod's grace period. */
  readonly podStop: DelayRange
  /** From a kubelet's start to its node being reported Ready. */
  readonly nodeReady: DelayRange
  /** How often a kubelet renews its lease (nodeStatusUpdateFrequency). */
  readonly heartbeat: number
  /** How often the node lifecycle controller looks (node-monitor-period). */
  readonly nodeMonitorPeriod: number
  /** Silence after which a node counts as Unknown (node-monitor-grace-period). */
  readonly nodeMonitorGracePeriod: number
  /** One node a zone is tainted NoExecute in this time: the inverse of node-eviction-rate. */
  readonly nodeEvictionInterval: number
  /** tolerationSeconds that admission gives pods for not-ready and unreachable nodes. */
  readonly defaultToleration: number
  /** How often pods of nodes that no longer exist are looked for, and how long a node must be gone (podgc). */
  readonly orphanedPods: { readonly period: number; readonly quarantine: number }
  /** From a claim's node being chosen to its volume being there. */
  readonly provisioning: DelayRange
}

/** The defaults of a Kubernetes 1.36 cluster where it has them; the rest as one sees them in a quiet cluster. */
export const DEFAULT_TIMINGS: Timings = {
  controller: { min: 10, max: 200 },
  budget: { min: 20, max: 500 },
  scheduling: { min: 5, max: 50 },
  schedulingBackoff: { min: 1_000, max: 10_000 },
  unschedulableFlush: 300_000,
  podStart: { min: 1_000, max: 4_000 },
  podReady: { min: 1_000, max: 6_000 },
  podStop: { min: 500, max: 3_000 },
  nodeReady: { min: 1_000, max: 10_000 },
  heartbeat: 10_000,
  nodeMonitorPeriod: 5_000,
  nodeMonitorGracePeriod: 50_000,
  nodeEvictionInterval: 10_000,
  defaultToleration: 300_000,
  orphanedPods: { period: 20_000, quarantine: 40_000 },
  provisioning: { min: 500, max: 3_000 },
}
