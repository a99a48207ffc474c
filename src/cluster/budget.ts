import type { LabelSelector } from './labels.ts'

/** An integer or a percentage of a PodDisruptionBudget, as written. */
export type IntOrPercent = { readonly kind: 'int'; readonly value: number } | { readonly kind: 'percent'; readonly value: number }

/** A PodDisruptionBudget and what its controller last said of it. */
export interface BudgetRecord {
  readonly kind: 'PodDisruptionBudget'
  readonly namespace: string
  readonly name: string
  readonly uid: string
  /** policy/v1: null matches nothing, `{}` every pod of the namespace. */
  readonly selector: LabelSelector
  readonly minAvailable: IntOrPercent | undefined
  readonly maxUnavailable: IntOrPercent | undefined
  readonly unhealthyPodEvictionPolicy: 'IfHealthyBudget' | 'AlwaysAllow'
  readonly generation: number
  readonly status: {
    readonly observedGeneration: number
    readonly disruptionsAllowed: number
    readonly currentHealthy: number
    readonly desiredHealthy: number
    readonly expectedPods: number
    /** Evicted but not yet seen gone by the controller: pod name -> milliseconds since the epoch. */
    readonly disruptedPods: ReadonlyMap<string, number>
  }
  readonly problems: readonly string[]
}
