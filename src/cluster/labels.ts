/** Labels of an object. A Map, because label keys come from outside and `constructor` is a legal one. */
export type Labels = ReadonlyMap<string, string>

export const NO_LABELS: Labels = new Map()

export type LabelOperator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'

export interface LabelRequirement {
  readonly key: string
  readonly operator: LabelOperator
  readonly values: readonly string[]
}

/**
 * A LabelSelector as an AND of requirements, in canonical order (key, operator, values; matchLabels become `In`), without repeats.
 * `nothing` is what a null selector means and `everything` (`{}`) an empty one; `invalid` is a selector the API server would have
 * refused (an unknown operator): it matches nothing, and whoever asks the scheduler about its pod gets no prediction.
 */
export type LabelSelector =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'everything' }
  | { readonly kind: 'requirements'; readonly requirements: readonly LabelRequirement[] }
  | { readonly kind: 'invalid'; readonly problem: string }
