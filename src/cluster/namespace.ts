import type { Labels } from './labels.ts'

export interface NamespaceRecord {
  readonly kind: 'Namespace'
  readonly name: string
  readonly labels: Labels
  readonly annotations: Labels
}

/** Every namespace has it, with its own name: the API server sees to that (core/v1 SetDefaults_Namespace, 1.36). */
export const NAME_LABEL = 'kubernetes.io/metadata.name'
