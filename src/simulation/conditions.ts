import { timestamp } from '../cluster/timestamp.ts'
import type { Condition } from './wire-objects.ts'

export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find(condition => condition.type === type)
}

/**
 * The conditions with this one set. The transition time moves only when the status does, as everywhere in Kubernetes.
 */
export function withCondition(
  conditions: readonly Condition[] | undefined,
  wanted: Omit<Condition, 'lastTransitionTime'>,
  now: number,
): readonly Condition[] {
  const existing = findCondition(conditions, wanted.type)
  const unmoved = existing?.status === wanted.status ? existing.lastTransitionTime : undefined
  const next: Condition = { ...wanted, lastTransitionTime: unmoved ?? timestamp(now) }
  if (existing === undefined) return [...(conditions ?? []), next]
  return (conditions ?? []).map(condition => (condition.type === wanted.type ? next : condition))
}
