import { describe, expect, it } from 'vitest'
import { createProjector } from '../../cluster/projection.ts'
import type { ClusterRecord } from '../../cluster/records.ts'
import { deploymentManifest, nodeManifest } from '../manifests.ts'
import type { RawObject } from '../object-store.ts'
import { mayMakeRoom } from './wake-up-events.ts'

const projector = createProjector()

function record(object: RawObject): ClusterRecord {
  const { record } = projector.project({ ...object, metadata: { uid: 'u', ...object.metadata } })
  if (record === undefined) throw new Error(`${object.kind} is not read`)
  return record
}

const pod = (fields: { readonly nodeName?: string; readonly labels?: Record<string, string>; readonly ready?: boolean }): ClusterRecord =>
  record({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'shop', name: 'web', labels: fields.labels ?? {} },
    spec: { containers: [], ...(fields.nodeName !== undefined && { nodeName: fields.nodeName }) },
    status: { conditions: [{ type: 'Ready', status: fields.ready === true ? 'True' : 'False' }] },
  })
const node = (spec: object, ready = 'True'): ClusterRecord =>
  record({ ...nodeManifest({ name: 'a1', zone: 'a' }), spec, status: { conditions: [{ type: 'Ready', status: ready }] } })

describe('what makes the scheduler try again', () => {
  it.each<[string, ClusterRecord | undefined, ClusterRecord | undefined, boolean]>([
    ['a new node', undefined, node({}), true],
    ['a node that is uncordoned', node({ unschedulable: true }), node({}), true],
    ['a node that merely becomes Ready: the taints tell', node({}, 'False'), node({}), false],
    ['a bound pod that goes', pod({ nodeName: 'a1' }), undefined, true],
    ['a pod that is bound', pod({}), pod({ nodeName: 'a1' }), true],
    ['a bound pod with new labels', pod({ nodeName: 'a1' }), pod({ nodeName: 'a1', labels: { app: 'web' } }), true],
    ['a bound pod that becomes Ready', pod({ nodeName: 'a1' }), pod({ nodeName: 'a1', ready: true }), false],
    ['a new Pending pod', undefined, pod({}), false],
    ['a Deployment', undefined, record(deploymentManifest({ namespace: 'shop', name: 'web', replicas: 1 })), false],
  ])('%s', (_name, before, after, expected) => {
    const { kind } = before ?? after ?? { kind: 'Pod' as const }

    expect(mayMakeRoom({ kind, key: 'shop/web', before, after })).toBe(expected)
  })
})
