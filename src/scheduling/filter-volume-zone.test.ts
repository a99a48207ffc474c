import { describe, expect, it } from 'vitest'
import { labels, makeClaim, makeClass, makeNode, makePod, makeVolume, pluginContext, verdicts } from '../../test/support/builders.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import { volumeZone } from './filter-volume-zone.ts'

const ZONE = 'topology.kubernetes.io/zone'
const REGION = 'topology.kubernetes.io/region'
const BETA_ZONE = 'failure-domain.beta.kubernetes.io/zone'
const NO = 'UnschedulableAndUnresolvable'
const pod = makePod('new', { claims: ['data'] })
const ask = (...records: readonly ClusterRecord[]) => verdicts(volumeZone, pluginContext(records), pod)
const volume = (of: Record<string, string>) => [makeClaim('data'), makeVolume('data', { labels: labels(of) })]

describe('labels of a bound volume', () => {
  it('V65: zone a__b: nodes in a, in c, and without any of the keys', () => {
    const nodes = [makeNode('a1', { zone: 'a' }), makeNode('c1', { zone: 'c' }), makeNode('bare')]
    expect(ask(...nodes, ...volume({ [ZONE]: 'a__b' }))).toEqual({ a1: 'Success', c1: NO, bare: 'Success' })
  })

  it('V66: zone and region on the volume, only a zone on the node', () => {
    const nodes = [makeNode('a1', { zone: 'a' }), makeNode('a2', { zone: 'a', labels: { [REGION]: 'r' } })]
    expect(ask(...nodes, ...volume({ [ZONE]: 'a', [REGION]: 'r' }))).toEqual({ a1: NO, a2: 'Success' })
  })

  it('a beta key is met by the GA key of a node, not the other way round', () => {
    const beta = makeNode('beta', { labels: { [BETA_ZONE]: 'a' } })
    expect(ask(makeNode('ga', { zone: 'a' }), beta, ...volume({ [BETA_ZONE]: 'a' }))).toEqual({ ga: 'Success', beta: 'Success' })
    expect(ask(makeNode('ga', { zone: 'a' }), beta, ...volume({ [ZONE]: 'a' }))).toEqual({ ga: 'Success', beta: NO })
  })

  it('a list with an empty zone says nothing', () => {
    expect(ask(makeNode('c1', { zone: 'c' }), ...volume({ [ZONE]: 'a__' }))).toEqual({ c1: 'Success' })
  })
})

describe('claims without a volume', () => {
  const node = makeNode('a1', { zone: 'a' })
  it.each<[string, readonly ClusterRecord[], string]>([
    ['wait for their first consumer', [makeClaim('data', { volumeName: '' }), makeClass('standard')], 'Success'],
    ['of an immediate class', [makeClaim('data', { volumeName: '' }), makeClass('standard', { volumeBindingMode: 'Immediate' })], NO],
    ['of a class that is not there', [makeClaim('data', { volumeName: '' })], NO],
    ['without a class', [makeClaim('data', { volumeName: '', storageClassName: undefined })], NO],
    ['whose volume is not there', [makeClaim('data')], NO],
    ['that are not there themselves', [], NO],
  ])('%s', (_rule, records, expected) => {
    expect(ask(node, ...records)).toEqual({ a1: expected })
  })

  it('are no question for a pod without claims', () => {
    expect(volumeZone(pluginContext([node]), makePod('new'))).toBeUndefined()
  })
})
