import { expect, it } from 'vitest'
import { makeNode, makePod, pluginContext, verdicts } from '../../test/support/builders.ts'
import { dynamicResources } from './filter-dynamic-resources.ts'

it('promises no node to a pod with resource claims, and has nothing to say of others', () => {
  const context = pluginContext([makeNode('a1')])
  expect(verdicts(dynamicResources, context, makePod('new', { spec: { usesResourceClaims: true } }))).toEqual({
    a1: 'UnschedulableAndUnresolvable',
  })
  expect(dynamicResources(context, makePod('new'))).toBeUndefined()
})
