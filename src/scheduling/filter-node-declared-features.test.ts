import { expect, it } from 'vitest'
import { makeNode, makePod, pluginContext, verdicts } from '../../test/support/builders.ts'
import { nodeDeclaredFeatures } from './filter-node-declared-features.ts'

const context = pluginContext([
  makeNode('old'),
  makeNode('one', { declaredFeatures: ['A'] }),
  makeNode('both', { declaredFeatures: ['B', 'A'] }),
])

it('a node must declare every feature that the pod needs', () => {
  const NO = 'UnschedulableAndUnresolvable'
  const needs = (...requiredNodeFeatures: readonly string[]) => makePod('new', { spec: { requiredNodeFeatures } })
  expect(verdicts(nodeDeclaredFeatures, context, needs('A'))).toEqual({ old: NO, one: 'Success', both: 'Success' })
  expect(verdicts(nodeDeclaredFeatures, context, needs('A', 'B'))).toEqual({ old: NO, one: NO, both: 'Success' })
})

it('is no question for most pods', () => {
  expect(nodeDeclaredFeatures(context, makePod('new'))).toBeUndefined()
})
