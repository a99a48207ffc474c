import type { Filter, Refused } from './plugin.ts'

const CANNOT_TELL: Refused = {
  status: 'UnschedulableAndUnresolvable',
  message: 'the pod has resource claims, and what their drivers could allocate on a node is not modelled',
}

/**
 * Allocating devices takes the structured-parameters allocator with its CEL selectors, which is not modelled: no node is ever promised to a pod
 * with resource claims (dynamicresources/dynamicresources.go, 1.36).
 */
export const dynamicResources: Filter = (_context, { spec }) => (spec.usesResourceClaims ? () => CANNOT_TELL : undefined)
