import type { GroupPlan } from '../planning/plan-types.ts'
import type { Expectation } from './expectations.ts'

/**
 * Whether a replacement that was not bound where the plan had it still helped: the domain it is in holds no more pods than maxSkew allows.
 * Measured on a plan made since, so that what others changed meanwhile is in the counts on both sides.
 */
export function helps(expectation: Expectation, domain: string, groups: readonly GroupPlan[]): boolean {
  const group = groups.find(candidate => candidate.id === expectation.group)
  const landed = group?.domains.find(candidate => candidate.name === domain)
  if (group === undefined || landed === undefined) return domain !== '' && domain !== expectation.fromDomain
  const highest = Math.max(...group.domains.map(candidate => candidate.count))
  const globalMinimum = highest - group.skew
  return landed.count <= globalMinimum + group.maxSkew
}
