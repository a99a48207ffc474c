export type NodeOperator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt'

export interface NodeRequirement {
  readonly key: string
  readonly operator: NodeOperator
  readonly values: readonly string[]
}

/**
 * One nodeSelectorTerm: all label expressions and all fields must match. `invalid` terms (an unknown operator, `Gt` on text, a field other
 * than metadata.name) match no node, as upstream, and leave the other terms working.
 */
export type NodeSelectorTerm =
  | { readonly kind: 'term'; readonly expressions: readonly NodeRequirement[]; readonly fields: readonly NodeRequirement[] }
  | { readonly kind: 'invalid'; readonly problem: string }

/** At least one term must match. A term with neither expressions nor fields matches nothing; no terms match nothing. */
export interface NodeSelector {
  readonly terms: readonly NodeSelectorTerm[]
}

export interface PreferredNodeTerm {
  readonly weight: number
  readonly term: NodeSelectorTerm
}

export type TaintEffect = 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'

export interface Taint {
  readonly key: string
  readonly value: string
  readonly effect: TaintEffect
}

export interface Toleration {
  /** Empty matches every key (with operator Exists). */
  readonly key: string
  readonly operator: 'Equal' | 'Exists' | 'Gt' | 'Lt'
  readonly value: string
  /** Empty matches every effect. */
  readonly effect: TaintEffect | ''
  /** With NoExecute: for so long, then the pod is evicted from the node. For ever where there is none. */
  readonly seconds?: number
}
