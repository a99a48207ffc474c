import { describe, expect, it } from 'vitest'
import { clusterOf, makeNode, makePod, makeWorkload } from '../../test/support/builders.ts'
import { eviction } from '../../test/support/made-up-plans.ts'
import type { ClusterState } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { expectationOf, type Expectation } from './expectations.ts'
import { observe } from './sightings.ts'

const SECOND = 1_000
const T = Date.parse('2026-11-21T12:00:00.400Z')
const ZONE = 'topology.kubernetes.io/zone'
const DEADLINES = { evictionRequestDeadline: 30 * SECOND, replacementDeadline: 600 * SECOND }

type Kind = 'ReplicaSet' | 'StatefulSet'

const web = (name: string, fields: Partial<Omit<PodRecord, 'labels' | 'spec'>> = {}, kind: Kind = 'ReplicaSet'): PodRecord =>
  makePod(name, { controller: { apiVersion: 'apps/v1', kind, name: 'web', uid: 'web' }, nodeName: 'node-a', ...fields })

function world(pods: readonly PodRecord[], kind: Kind = 'ReplicaSet', replicas = 3): ClusterState {
  const nodes = ['a', 'b', 'c'].map(zone => makeNode(`node-${zone}`, { zone }))
  return clusterOf([...nodes, makeNode('edge'), makeWorkload(kind, 'web', { replicas }), ...pods])
}

/** What is expected after the eviction of a pod; Evicted unless told otherwise. */
function evicted(pod: PodRecord, fields: Partial<Expectation> = {}): Expectation {
  const planned = eviction(1, { pod: pod.name, uid: pod.uid, controllerUid: 'web', topologyKey: ZONE, fromDomain: 'a', toDomain: 'c' })
  return { ...expectationOf(planned, pod, [], T), stage: 'Evicted', ...fields }
}

const look = (expectations: readonly Expectation[], cluster: ClusterState, provenAt = T + SECOND) =>
  observe(expectations, cluster, provenAt, DEADLINES)

const siblings = [web('web-1'), web('web-2')]
const victim = web('web-0')
const leaving = { ...victim, deletedAt: T + 30 * SECOND }
const born = (name: string, seconds: number, fields: Partial<Omit<PodRecord, 'labels' | 'spec'>> = {}): PodRecord =>
  web(name, {
    createdAt: Math.floor(T / SECOND) * SECOND + seconds * SECOND,
    nodeName: undefined,
    phase: 'Pending',
    ready: false,
    ...fields,
  })

describe('what becomes of an eviction', () => {
  it.each<[string, readonly PodRecord[], readonly string[], readonly (string | undefined)[]]>([
    ['the watch has not shown it yet', [victim], [], [undefined]],
    ['the pod is terminating', [leaving], [], [undefined]],
    ['the replacement waits for the scheduler', [leaving, born('web-3', 1)], [], ['web-3']],
    ['it was created in the same second', [born('web-3', 0)], [], ['web-3']],
    ['the replacement has landed', [born('web-3', 1, { nodeName: 'node-c' })], ['Landed in c'], ['web-3']],
    ['it has landed on a node without the key', [born('web-3', 1, { nodeName: 'edge' })], ['Landed in undefined'], ['web-3']],
    ['it is Ready', [born('web-3', 1, { nodeName: 'node-c', phase: 'Running', ready: true })], ['Landed in c', 'Ready'], []],
    ['the replacement itself is being deleted', [born('web-3', 1, { deletedAt: T }), born('web-4', 2)], [], ['web-4']],
    ['of two pods of one second the one that the watch has shown first', [born('web-4', 1), born('web-3', 1)], [], ['web-4']],
    ['of two new pods the older one', [born('web-4', 2), born('web-3', 1)], [], ['web-3']],
  ])('%s', (_, others, seen, open) => {
    const result = look([evicted(victim)], world([...siblings, ...others]))

    expect(result.sightings.map(sighting => (sighting.kind === 'Landed' ? `Landed in ${sighting.domain}` : sighting.kind))).toEqual(seen)
    expect(result.open.map(({ replacementUid }) => replacementUid)).toEqual(open)
  })

  it('a pod created before the eviction is no replacement', () => {
    expect(look([evicted(victim)], world([...siblings, born('web-3', -1)], 'ReplicaSet', 4)).open[0]?.replacementUid).toBeUndefined()
  })

  it('tells each thing once', () => {
    const cluster = world([...siblings, born('web-3', 1, { nodeName: 'node-c' })])
    const first = look([evicted(victim)], cluster)

    expect(look(first.open, cluster)).toEqual({ open: first.open, sightings: [] })
  })

  it('is not waited for for ever where the server has accepted it and the pod stays: its workload is held, and goes on when it leaves', () => {
    const stays = world([...siblings, victim])
    const late = look([evicted(victim)], stays, T + 601 * SECOND)
    const ended = look(late.open, world([...siblings, born('web-3', 700, { nodeName: 'node-c', ready: true })]), T + 702 * SECOND)

    expect(look([evicted(victim)], stays, T + 600 * SECOND)).toMatchObject({ open: [{ overdue: false }], sightings: [] })
    expect(late).toMatchObject({ open: [{ overdue: true }], sightings: [{ kind: 'Overdue', replacement: undefined }] })
    expect(look(late.open, stays, T + 900 * SECOND).sightings).toEqual([])
    expect(ended).toMatchObject({ open: [], sightings: [{ kind: 'Landed' }, { kind: 'Ready' }] })
  })

  it('says nothing of a request whose answer is still to come, even if the pod has gone', () => {
    expect(look([evicted(victim, { stage: 'Requested' })], world(siblings)).sightings).toEqual([])
  })

  it('waits for no replacement when the controller was scaled in, replaced or deleted meanwhile', () => {
    const scaledIn = world(siblings, 'ReplicaSet', 2)
    const gone = world(siblings)
    gone.apply({ type: 'delete', kind: 'ReplicaSet', key: 'shop/web' })
    const anew = world(siblings)
    anew.apply({ type: 'upsert', record: makeWorkload('ReplicaSet', 'web', { uid: 'another' }) })

    for (const cluster of [scaledIn, gone, anew]) {
      expect(look([evicted(victim)], cluster)).toMatchObject({ open: [], sightings: [{ kind: 'NotReplaced' }] })
    }
  })
})

describe('several evictions of one controller', () => {
  const other = web('web-1')
  const both = [evicted(victim), evicted(other)]

  it('share no replacement', () => {
    const one = look(both, world([web('web-2'), born('web-3', 1)]))
    const two = look(one.open, world([web('web-2'), born('web-3', 1), born('web-4', 2)]))

    expect(one.open.map(({ replacementUid }) => replacementUid)).toEqual(['web-3', undefined])
    expect(two.open.map(({ replacementUid }) => replacementUid)).toEqual(['web-3', 'web-4'])
  })

  it('nor does the second take the replacement of the first once that is Ready and done with', () => {
    const ready = born('web-3', 1, { nodeName: 'node-c', ready: true })
    const first = look(both, world([web('web-2'), ready]))
    const second = look(first.open, world([web('web-2'), ready]))

    expect(first.sightings.map(({ kind }) => kind)).toEqual(['Landed', 'Ready'])
    expect(second.open.map(({ uid, replacementUid }) => [uid, replacementUid])).toEqual([['web-1', undefined]])
  })

  it('leave each other what only the other can take, whatever the watch has brought last', () => {
    const [first, second] = both
    if (first === undefined || second === undefined) throw new Error('there are two')
    // The replacement of the first was there when the second began to leave.
    const expectations = [first, { ...second, notReplacements: ['web-3'] }]

    const result = look(expectations, world([web('web-2'), born('web-4', 1), born('web-3', 1)]))

    expect(result.open.map(({ replacementUid }) => replacementUid)).toEqual(['web-3', 'web-4'])
  })

  it('of a StatefulSet get the pods of their own names', () => {
    const set = (name: string, uid = name): PodRecord => web(name, { uid, createdAt: T + SECOND, ready: false }, 'StatefulSet')
    const expectations = [evicted(set('web-0')), evicted(set('web-1'))]
    const cluster = world([set('web-1', 'web-1-anew'), set('web-2', 'scaled-out')], 'StatefulSet', 4)

    expect(look(expectations, cluster).open.map(({ pod, replacementUid }) => [pod, replacementUid])).toEqual([
      ['web-0', undefined],
      ['web-1', 'web-1-anew'],
    ])
  })
})

describe('a request without an answer', () => {
  const unanswered = evicted(victim, { stage: 'Unanswered' })

  it.each<[string, readonly PodRecord[], number, string | undefined, Expectation['stage'] | undefined]>([
    ['has happened once the pod is seen leaving', [leaving], 1, 'Leaving', 'Evicted'],
    ['has happened once the pod is gone', [], 1, 'Leaving', 'Evicted'],
    ['may still happen while the server works on it', [victim], 29, undefined, 'Unanswered'],
    ['never happened if the pod is still there in a view newer than the deadline', [victim], 30, 'NotEvicted', undefined],
  ])('%s', (_, others, provenAfter, seen, stage) => {
    const result = look([unanswered], world([...siblings, ...others]), T + provenAfter * SECOND)

    expect(result.sightings[0]?.kind).toBe(seen)
    expect(result.open[0]?.stage).toBe(stage)
  })

  it('has evicted nobody else who has its name', () => {
    const namesake = { ...victim, uid: 'another' }

    expect(look([unanswered], world([...siblings, namesake])).sightings[0]?.kind).toBe('Leaving')
  })
})

describe('a replacement that is not Ready in time', () => {
  const pending = [...siblings, born('web-3', 1)]

  it('is overdue once, and then still awaited', () => {
    const before = look([evicted(victim)], world(pending), T + 600 * SECOND)
    const after = look(before.open, world(pending), T + 601 * SECOND)
    const later = look(after.open, world(pending), T + 999 * SECOND)
    const ready = look(later.open, world([...siblings, born('web-3', 1, { nodeName: 'node-c', ready: true })]), T + 999 * SECOND)

    expect(before.sightings).toEqual([])
    expect(after.sightings.map(({ kind }) => kind)).toEqual(['Overdue'])
    expect(later).toMatchObject({ open: [{ overdue: true }], sightings: [] })
    expect(ready).toMatchObject({ open: [], sightings: [{ kind: 'Landed' }, { kind: 'Ready' }] })
  })

  it('is not overdue because a watch stalls', () => {
    expect(look([evicted(victim)], world(pending), -Infinity).sightings).toEqual([])
  })

  it('of a StatefulSet has the grace period of the old pod on top', () => {
    const old = web('web-0', { deletedAt: T + 300 * SECOND }, 'StatefulSet')
    const expectation = evicted(old)
    const cluster = world([old], 'StatefulSet')

    expect(look([expectation], cluster, T + 601 * SECOND).sightings).toEqual([])
    expect(look([expectation], cluster, T + 901 * SECOND).sightings).toMatchObject([{ kind: 'Overdue' }])
  })
})

describe('an owner without a record', () => {
  const DUE = T + 601 * SECOND
  const owners = [
    ['a custom resource', { apiVersion: 'apps.kruise.io/v1alpha1', kind: 'CloneSet' }],
    ['one that is called like a StatefulSet', { apiVersion: 'apps.kruise.io/v1beta1', kind: 'StatefulSet' }],
  ] as const

  it.each(owners)('(%s) is waited for, since nobody can tell what it wants', (_owner, { apiVersion, kind }) => {
    const expectation = evicted(victim, { controller: { apiVersion, kind, name: 'web' } })
    const cluster = clusterOf(siblings)

    expect(look([expectation], cluster)).toMatchObject({ open: [{ replacementUid: undefined }], sightings: [] })
    expect(look([expectation], cluster, DUE)).toMatchObject({ open: [{ overdue: true }], sightings: [{ kind: 'Overdue' }] })
  })

  it.each(owners)('(%s) replaces a pod by its next one, whatever the name', (_owner, { apiVersion, kind }) => {
    const expectation = evicted(victim, { controller: { apiVersion, kind, name: 'web' } })

    for (const name of ['web-0', 'web-3']) {
      const next = born(name, 1, { uid: 'next' })
      expect(look([expectation], clusterOf([...siblings, next])).open[0]?.replacementUid).toBe('next')
    }
  })

  const cloned = evicted(victim, { controller: { apiVersion: 'apps.kruise.io/v1alpha1', kind: 'CloneSet', name: 'web' } })

  it('has the grace period of the old pod on top, which it may wait for', () => {
    const expectation = { ...cloned, leavesAt: T + 300 * SECOND }

    expect(look([expectation], clusterOf(siblings), T + 900 * SECOND).sightings).toEqual([])
    expect(look([expectation], clusterOf(siblings), T + 901 * SECOND).sightings).toMatchObject([{ kind: 'Overdue' }])
  })

  it('wants nothing more once it has had its time and none of its pods is left', () => {
    expect(look([cloned], clusterOf([]), DUE - SECOND).open).toHaveLength(1)
    expect(look([cloned], clusterOf([]), DUE)).toMatchObject({ open: [], sightings: [{ kind: 'NotReplaced' }] })
  })

  it('is believed to have replaced the pod by one that only our clock calls too old, once it has had its time', () => {
    const expectation = { ...cloned, bornAfter: T + 30 * SECOND }
    const cluster = clusterOf([...siblings, born('web-3', 1)])

    expect(look([expectation], cluster, DUE - SECOND).open[0]?.replacementUid).toBeUndefined()
    expect(look([expectation], cluster, DUE).open[0]?.replacementUid).toBe('web-3')
  })
})

it('finds the replacement although the clock of the API server is behind', () => {
  const slow = { ...victim, deletedAt: T - 10 * SECOND + 30 * SECOND }
  const first = look([evicted(victim)], world([...siblings, slow]))

  expect(look(first.open, world([...siblings, born('web-3', -9)])).open[0]?.replacementUid).toBe('web-3')
})

it('finds the replacement although our clock is far ahead and nobody has seen the old pod leave', () => {
  const expectation = evicted(victim, { bornAfter: T + 150 * SECOND })

  expect(look([expectation], world([...siblings, born('web-3', 1)])).open[0]?.replacementUid).toBe('web-3')
})

it('a pod that was there before the request is no replacement, though both fall into the same second', () => {
  const earlier = born('web-3', 0, { nodeName: 'node-c', phase: 'Running', ready: true })
  const pods = [...siblings, earlier]
  const planned = eviction(1, {
    pod: victim.name,
    uid: victim.uid,
    controllerUid: 'web',
    topologyKey: ZONE,
    fromDomain: 'a',
    toDomain: 'c',
  })
  const expectation: Expectation = { ...expectationOf(planned, victim, [], T, pods), stage: 'Evicted' }

  const before = look([expectation], world([...pods, leaving]))
  const after = look([expectation], world([...pods, leaving, born('web-4', 0, { nodeName: 'node-c' })]))

  expect(before.open[0]?.replacementUid).toBeUndefined()
  expect(after.open[0]?.replacementUid).toBe(born('web-4', 0).uid)
})

it('an older pod is no replacement, though the kubelet cut the grace period off and the deletion seems to have begun before it was born', () => {
  const earlier = born('web-3', -8, { nodeName: 'node-c', phase: 'Running', ready: true })
  const pods = [...siblings, victim, earlier]
  const planned = eviction(1, { pod: victim.name, uid: victim.uid, controllerUid: 'web', topologyKey: ZONE })
  const expectation: Expectation = { ...expectationOf(planned, victim, [], T, pods), stage: 'Evicted' }
  const stopped = { ...victim, deletedAt: T + 2 * SECOND }

  expect(look([expectation], world([...siblings, earlier, stopped])).open[0]?.replacementUid).toBeUndefined()
})
