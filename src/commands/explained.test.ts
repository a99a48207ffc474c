import { describe, expect, it } from 'vitest'
import { stateOf, workload, zones } from '../../test/support/spread-world.ts'
import { CommandError } from './errors.ts'
import { explainedWorkload, noSuchPod } from './explained.ts'

const cluster = stateOf([
  ...zones({ a: 1 }),
  ...workload({ name: 'web', on: ['a0', 'a0'] }),
  ...workload({ name: 'cache', kind: 'StatefulSet', on: ['a0'] }),
])

describe('the workload that a person means', () => {
  it.each(['StatefulSet', 'statefulset', 'sts', 'statefulsets', 'statefulset.apps'])('has the kind %s', kind => {
    const { namespace, workload: found, pods } = explainedWorkload(cluster, 'shop', kind, 'cache')
    expect([namespace, found, pods.map(({ name }) => name)]).toEqual(['shop', { kind: 'StatefulSet', name: 'cache' }, ['cache-0']])
  })

  it.each([
    [
      'is of another kind',
      'shop',
      'deploy',
      'cache',
      'no pod in namespace shop belongs to deploy/cache; there is a StatefulSet of that name',
    ],
    ['is misspelt', 'shop', 'sts', 'cahce', 'no pod in namespace shop belongs to sts/cahce; did you mean shop/sts/cache?'],
    ['is a pod with an owner', 'shop', 'pod', 'cache-0', 'no pod in namespace shop belongs to pod/cache-0; the pod itself is shop/cache-0'],
    [
      'is in another namespace',
      'shp',
      'sts',
      'cache',
      'no pod in namespace shp belongs to sts/cache: no pod is in that namespace; did you mean shop?',
    ],
    ['is like none', 'shop', 'sts', 'warehouse', 'no pod in namespace shop belongs to sts/warehouse'],
  ])('%s: what it may be is said', (_, namespace, kind, name, message) => {
    expect(() => explainedWorkload(cluster, namespace, kind, name)).toThrow(new CommandError(message))
  })
})

describe('a pod that is not there', () => {
  it.each([
    ['is a workload', 'shop', 'cache', 'there is no pod shop/cache, but a StatefulSet of that name: explain shop/sts/cache'],
    ['is misspelt', 'shop', 'wbe-1', 'there is no pod shop/wbe-1; did you mean shop/web-1?'],
    ['is in another namespace', 'shpo', 'web-1', 'there is no pod shpo/web-1: no pod is in that namespace; did you mean shop?'],
  ])('%s: that is said', (_, namespace, name, message) => {
    expect(noSuchPod(cluster, namespace, name)).toBe(message)
  })
})
