import { describe, expect, it } from 'vitest'
import { clusterOf, labels, makeWorkload } from '../../test/support/builders.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import { pausedHolds } from './pauses.ts'

const paused = labels({ 'respread.io/paused': 'true' })
const web = makeWorkload('Deployment', 'web')
const controller = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'web' }
const webSet = makeWorkload('ReplicaSet', 'web-1', { controller })
const db = makeWorkload('StatefulSet', 'db')
const namespace = (annotations = labels({})): ClusterRecord => ({ kind: 'Namespace', name: 'shop', labels: labels({}), annotations })

describe('respread.io/paused', () => {
  it.each<[string, readonly ClusterRecord[], readonly string[]]>([
    ['nowhere', [namespace(), web, webSet, db], []],
    ['on a Deployment', [{ ...web, annotations: paused }, webSet, db], ['Deployment web: on Deployment web']],
    ['on a StatefulSet', [web, webSet, { ...db, annotations: paused }], ['StatefulSet db: on StatefulSet db']],
    [
      'on the ReplicaSet of another operator',
      [{ ...webSet, controller: undefined, annotations: paused }],
      ['ReplicaSet web-1: on ReplicaSet web-1'],
    ],
    ['"false"', [web, webSet, { ...db, annotations: labels({ 'respread.io/paused': 'false' }) }], []],
    ['on the namespace', [namespace(paused), web, webSet, db], ['Deployment web: on namespace shop', 'StatefulSet db: on namespace shop']],
    ['on the namespace, for a ReplicaSet that has no pods any more', [namespace(paused), { ...webSet, replicas: 0 }], []],
  ])('%s', (_, records, held) => {
    const found = pausedHolds(clusterOf(records))

    expect(found.map(({ kind, name, message }) => `${kind} ${name}: ${message.replace('respread.io/paused is "true" ', '')}`)).toEqual(held)
    for (const hold of found) expect(hold).toMatchObject({ namespace: 'shop', reason: 'Paused', until: undefined })
  })
})
