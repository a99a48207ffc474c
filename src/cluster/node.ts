import type { Labels } from './labels.ts'
import type { Taint } from './node-selector.ts'
import type { Resources } from './resources.ts'

export interface NodeRecord {
  readonly kind: 'Node'
  readonly name: string
  readonly uid: string
  readonly labels: Labels
  readonly taints: readonly Taint[]
  readonly unschedulable: boolean
  readonly allocatable: Resources
  /** Pod slots (`allocatable.pods`). */
  readonly podSlots: number
  /** Size in bytes by normalised image name. */
  readonly images: ReadonlyMap<string, number>
  /** Status of the Ready condition; a node without one counts as Unknown. */
  readonly ready: 'True' | 'False' | 'Unknown'
  readonly readySince: number | undefined
  readonly createdAt: number
  readonly deletedAt: number | undefined
  readonly declaredFeatures: readonly string[]
  /** Parts that could not be read. Such a node still makes a domain but accepts no landing. */
  readonly problems: readonly string[]
}
