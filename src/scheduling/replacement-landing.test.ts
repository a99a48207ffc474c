import { describe, expect, it } from 'vitest'
import {
  clusterOf,
  inZones,
  labels,
  makeClaim,
  makeClass,
  makeConstraint,
  makeNode,
  makePod,
  makeVolume,
  makeWorkload,
  selecting,
} from '../../test/support/builders.ts'
import { PLAIN_SPEC } from '../../test/support/records.ts'
import type { PodRecord, PodSpec } from '../cluster/pod.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import type { PodTemplate } from '../cluster/workload.ts'
import { createSchedulerModel } from './create-scheduler-model.ts'
import { DEFAULT_PROFILES } from './profile.ts'

const nodes = ['a', 'b', 'c'].map(zone => makeNode(`${zone}1`, { zone }))
const spread = makeConstraint({ selector: selecting({ app: 'db' }) })
const owned = { controller: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', uid: 'rs' } }
const member = (name: string, nodeName: string | undefined, fields: Parameters<typeof makePod>[1] = {}) =>
  makePod(name, { nodeName, labels: { app: 'db' }, ...owned, ...fields })
const owner = (fields: Partial<PodTemplate> = {}, spec: Partial<PodSpec> = {}) =>
  makeWorkload('ReplicaSet', 'rs', {
    template: {
      labels: labels({ app: 'db' }),
      annotations: labels({}),
      claims: [],
      ephemeralVolumes: [],
      ...fields,
      spec: { ...PLAIN_SPEC, ...spec },
    },
  })

/** Where the pod's replacement may land while the pod itself is terminating, or is gone if it has to be. */
function landings(victim: PodRecord, ...records: readonly ClusterRecord[]): readonly string[] {
  const cluster = clusterOf([...nodes, victim, ...records])
  const model = createSchedulerModel(cluster, DEFAULT_PROFILES)
  const answer = model.replacementOf(victim)
  if (answer.kind === 'unknown') throw new Error(answer.problem)
  const after = answer.comesAfter === 'gone' ? undefined : { ...victim, deletedAt: 1 }
  model.advance({ kind: 'Pod', key: `${victim.namespace}/${victim.name}`, before: victim, after })
  const prediction = model.predict(answer.pod)
  return prediction.kind === 'placed' ? prediction.nodes.map(({ name }) => name).toSorted() : []
}

describe('the replacement of a pod', () => {
  it('V64: whose volume is in the zone that spread refuses lands nowhere', () => {
    const zonal = makeVolume('shared', { nodeAffinity: { terms: [inZones('a')] } })
    const constrained = { spec: { topologySpreadConstraints: [spread] } }
    const crowd = [member('1', 'a1'), member('2', 'a1')]
    const victim = member('3', 'a1', { claims: ['shared'], ...constrained })
    const set = owner({ claims: ['shared'] }, constrained.spec)
    expect(landings(victim, set, ...crowd, makeClaim('shared'), zonal)).toEqual([])
    expect(landings(member('3', 'a1', constrained), owner({}, constrained.spec), ...crowd)).toEqual(['b1', 'c1'])
  })

  it('of a StatefulSet goes where its volume can be reached', () => {
    const sts = { controller: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'db' } }
    const set = makeWorkload('StatefulSet', 'db', {
      template: owner().template,
      statefulSet: {
        updateStrategy: 'RollingUpdate',
        partition: 0,
        isOrdered: true,
        firstOrdinal: 0,
        currentRevision: '',
        updateRevision: '',
        claimTemplates: ['data'],
      },
    })
    const volume = makeVolume('data-db-0', { nodeAffinity: { terms: [inZones('b')] } })
    expect(landings(member('db-0', 'b1', { ...sts, claims: ['data-db-0'] }), set, makeClaim('data-db-0'), volume)).toEqual(['b1'])
  })

  it('V67: that shares a ReadWriteOncePod claim lands nowhere while the old pod holds it', () => {
    const claim = makeClaim('data', { accessModes: ['ReadWriteOncePod'] })
    const victim = member('1', 'a1', { claims: ['data'] })
    expect(landings(victim, owner({ claims: ['data'] }), claim, makeVolume('data'))).toEqual([])
  })

  it('with a generic ephemeral volume goes where a new one can be made', () => {
    const victim = member('1', 'a1', { claims: ['1-scratch'] })
    const ephemeral = [
      owner({ ephemeralVolumes: ['scratch'] }),
      makeClaim('1-scratch'),
      makeVolume('1-scratch', { phase: 'Bound', nodeAffinity: { terms: [inZones('a')] } }),
    ]
    expect(landings(victim, ...ephemeral, makeClass('standard'))).toEqual(['a1', 'b1', 'c1'])
    expect(landings(victim, ...ephemeral, makeClass('standard', { allowedTopologies: [inZones('c')] }))).toEqual(['c1'])
    // The volume controller would have to choose a zone first, and which one nobody can tell.
    expect(landings(victim, ...ephemeral, makeClass('standard', { volumeBindingMode: 'Immediate' }))).toEqual([])
  })

  it('finds the host port of the old pod taken until that is gone', () => {
    const ports = { spec: { hostPorts: [{ ip: '0.0.0.0', port: 80, protocol: 'TCP' }] } }
    expect(landings(member('1', 'a1', ports), owner({}, ports.spec), member('2', 'b1', ports))).toEqual(['c1'])
  })
})
