import { compareText } from '../cluster/compare-text.ts'
import type { Group } from './groups.ts'
import type { StandingGroup } from './standing-group.ts'

/** By what groups of equal excess are put in order. */
export interface Urgency {
  readonly isSoft: 0 | 1
  readonly cpu: number
  readonly memory: number
}

export function urgencyOf({ constraint, representative }: Group): Urgency {
  const { cpu, memory } = representative.spec.requests
  return { isSoft: constraint.whenUnsatisfiable === 'ScheduleAnyway' ? 1 : 0, cpu, memory }
}

type Ordered = Pick<StandingGroup, 'excess' | 'state'> & { readonly urgency: Urgency }

/** Of equals, those that request the same come one after the other: what nodes answer them is worked out once. */
export function worstFirst(one: Ordered, other: Ordered): number {
  return (
    one.urgency.isSoft - other.urgency.isSoft ||
    other.excess - one.excess ||
    other.urgency.cpu - one.urgency.cpu ||
    other.urgency.memory - one.urgency.memory ||
    compareText(one.state.group.id, other.state.group.id)
  )
}
