import type { Labels } from './labels.ts'

// Kinds of which little is read.

export interface ServiceRecord {
  readonly kind: 'Service'
  readonly namespace: string
  readonly name: string
  /** spec.selector; undefined for a Service without one. */
  readonly selector: Labels | undefined
}

export interface PriorityClassRecord {
  readonly kind: 'PriorityClass'
  readonly name: string
  readonly value: number
  readonly globalDefault: boolean
  readonly preemptionPolicy: 'PreemptLowerPriority' | 'Never'
}

export interface AutoscalerRecord {
  readonly kind: 'HorizontalPodAutoscaler'
  readonly namespace: string
  readonly name: string
  readonly target: { readonly kind: string; readonly name: string }
  readonly minReplicas: number
  readonly maxReplicas: number
  /** Milliseconds since the epoch. */
  readonly lastScaleAt: number | undefined
}

export interface ResourceClaimRecord {
  readonly kind: 'ResourceClaim'
  readonly namespace: string
  readonly name: string
}
