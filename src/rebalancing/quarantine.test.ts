import { describe, expect, it } from 'vitest'
import { clusterOf, makeNode, makePod } from '../../test/support/builders.ts'
import { group } from '../../test/support/made-up-plans.ts'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import type { GroupPlan } from '../planning/plan-types.ts'
import type { OfWorkload } from '../planning/workload-key.ts'
import {
  afterMiss,
  forgive,
  isOnProbation,
  missesTooOften,
  quarantineHolds,
  reconsider,
  type Misses,
  type Quarantine,
} from './quarantine.ts'

const MINUTE = 60_000
const WEB: readonly OfWorkload[] = [{ namespace: 'shop', workload: { kind: 'Deployment', name: 'web' } }]
const NONE: Misses = { misses: [], quarantines: [] }

/** Misses of the group, at these minutes. */
function missed(known: Misses, group: string, ...minutes: readonly number[]): Misses {
  return minutes.reduce<Misses>((misses, minute) => afterMiss(misses, { group, cause: 'landing', at: minute * MINUTE }, WEB), known)
}

const until = ({ quarantines }: Misses): readonly (readonly [string, number])[] =>
  quarantines.map(quarantine => [quarantine.group, quarantine.until / MINUTE] as const)

describe('quarantine', () => {
  it('one miss is an accident, two are none', () => {
    expect(until(missed(NONE, 'web', 0))).toEqual([])
    expect(until(missed(NONE, 'web', 0, 1))).toEqual([['web', 11]])
  })

  it('misses of another group do not count', () => {
    expect(until(missed(missed(NONE, 'web', 0), 'cart', 1))).toEqual([])
  })

  it('lasts twice as long each time, and at most a day', () => {
    const twice = missed(NONE, 'web', 0, 1, 20, 21)
    const often = missed(NONE, 'web', ...Array.from({ length: 40 }, (_, n) => n * 10_000))

    expect(until(twice)).toEqual([['web', 21 + 20]])
    expect(until(often)).toEqual([['web', 390_000 + 24 * 60]])
  })

  it('is no longer for misses that are learnt of while it lasts: a drain undoes many moves at once', () => {
    const drained = missed(NONE, 'web', 0, 1, 2, 3, 4)
    expect(until(drained)).toEqual([['web', 11]])
    expect(until(missed(drained, 'web', 12))).toEqual([['web', 11]])
  })

  it('holds every workload of the group until it ends', () => {
    const { quarantines } = missed(NONE, 'web', 0, 1)

    expect(quarantineHolds(quarantines, 10 * MINUTE)).toMatchObject([
      { namespace: 'shop', kind: 'Deployment', name: 'web', reason: 'Quarantined' },
    ])
    expect(quarantineHolds(quarantines, 11 * MINUTE)).toEqual([])
  })

  it('leaves the group on probation until a move of it stands', () => {
    const { quarantines } = missed(NONE, 'web', 0, 1)
    const onProbation = (minute: number, ...moves: readonly (readonly [group: string, minute: number])[]): boolean => {
      const standing = moves.map(([group, at]) => ({ group, at: at * MINUTE }))
      return isOnProbation(quarantines, standing, ['web'], minute * MINUTE)
    }

    expect([10, 11, 60].map(minute => onProbation(minute))).toEqual([false, true, true])
    expect([onProbation(22, ['web', 12]), onProbation(22, ['web', 0]), onProbation(22, ['cart', 12])]).toEqual([false, true, true])
    expect(isOnProbation(quarantines, [], ['cart'], 60 * MINUTE)).toBe(false)
  })

  it('starts with a clean slate once the group is balanced and the quarantine over', () => {
    const known = missed(NONE, 'web', 0, 1)
    const forgiven = (minute: number, ...balanced: readonly string[]): Misses => forgive(known, [], new Set(balanced), minute * MINUTE)

    expect(until(missed(forgiven(15, 'web'), 'web', 20, 21))).toEqual([['web', 41]])
    expect(until(missed(forgiven(21, 'web'), 'web', 22, 23))).toEqual([['web', 33]])
    expect(until(missed(forgiven(15), 'web', 20, 21))).toEqual([['web', 41]])
    expect(until(forgiven(10, 'web'))).toEqual([['web', 11]])
    expect(forgiven(3000)).toEqual(NONE)
  })

  it('is not forgotten while its latest move may still be undone', () => {
    const known = missed(NONE, 'web', 0, 1)
    const forgiven = (minute: number): Misses => forgive(known, [{ group: 'web', at: 25 * MINUTE }], new Set(['web']), minute * MINUTE)

    expect(until(forgiven(30))).toEqual([['web', 11]])
    expect(until(forgiven(35))).toEqual([])
  })
})

describe('misses anywhere', () => {
  it.each<[string, readonly number[], number, boolean]>([
    ['two in ten minutes', [0, 1], 2, false],
    ['three in ten minutes', [0, 5, 9], 9, true],
    ['three in more than ten minutes', [0, 5, 10], 10, false],
  ])('%s', (_, minutes, now, tooOften) => {
    const misses = minutes.map((minute, index) => ({ group: `group-${index}`, cause: 'landing' as const, at: minute * MINUTE }))

    expect(missesTooOften(misses, now * MINUTE)).toBe(tooOften)
  })

  it('are not forgiven before the ten minutes are over', () => {
    const known: Misses = { misses: [0, 1].map(minute => ({ group: 'web', cause: 'landing', at: minute * MINUTE })), quarantines: [] }
    const after = missed(forgive(known, [], new Set(['web']), 2 * MINUTE), 'cart', 9)

    expect(missesTooOften(after.misses, 9 * MINUTE)).toBe(true)
  })
})

describe('a quarantine', () => {
  const zones = ['a', 'b', 'c']
  const nodes = zones.map(zone => makeNode(`node-${zone}`, { zone }))
  const pods = zones.map(zone => makePod(`web-${zone}`, { nodeName: `node-${zone}` }))
  const web = group({ a: 3, b: 1, c: 1 }, { id: 'web', memberUids: pods.map(({ uid }) => uid) })
  const of = (groups: readonly GroupPlan[], cluster: ClusterReader) => ({ groups, cluster })
  const atFirst = of([web], clusterOf([...nodes, ...pods]))
  const changed = (pod: Partial<Parameters<typeof makePod>[1]> = {}, ...more: readonly ClusterRecord[]) =>
    of([web], clusterOf([...nodes, ...zones.map(zone => makePod(`web-${zone}`, { nodeName: `node-${zone}`, ...pod })), ...more]))

  /** Two misses put the group into quarantine in the first world; what is left of that in the second, five minutes later. */
  function after(then: ReturnType<typeof of>, cause: Quarantine['cause'] = 'landing') {
    const known = [0, 1].reduce<Misses>((misses, minute) => afterMiss(misses, { group: 'web', cause, at: minute * MINUTE }, WEB), NONE)
    const begun = reconsider(known.quarantines, atFirst.groups, atFirst.cluster, MINUTE)
    const { quarantines, lifted } = reconsider(begun.quarantines, then.groups, then.cluster, 5 * MINUTE)
    return { quarantines, because: lifted.map(({ because }) => because), misses: known.misses }
  }

  it.each<[string, ReturnType<typeof of>, readonly string[]]>([
    ['nothing has changed', atFirst, []],
    ['a node is cordoned', of([web], clusterOf([...nodes.map(node => ({ ...node, unschedulable: true })), ...pods])), []],
    [
      'pods of the same spec have replaced its pods',
      of([{ ...web, memberUids: ['new'] }], clusterOf([...nodes, makePod('web-new', { uid: 'new' })])),
      [],
    ],
    ['all its pods are gone for now', of([], clusterOf(nodes)), []],
    ['another workload has another spec', changed({}, makePod('cart', { spec: { priority: 7 } })), []],
    ['a node has come', changed({}, makeNode('node-d', { zone: 'c' })), ['its nodes have changed']],
    ['a node is gone', of([web], clusterOf([...nodes.slice(1), ...pods])), ['its nodes have changed']],
    ['a node has moved to another zone', changed({}, makeNode('node-a', { zone: 'b' })), ['its nodes have changed']],
    ['a node has come that lacks the key', changed({}, makeNode('node-d')), []],
    ['its pods ask for something else', changed({ spec: { terminationGracePeriodSeconds: 5 } }), ['its spec has changed']],
    ['its constraint is another one', of([{ ...web, id: 'web maxSkew 2' }], atFirst.cluster), ['its constraint has changed']],
  ])('when %s', (_, then, because) => {
    const result = after(then)

    expect(result.because).toEqual(because)
    expect(quarantineHolds(result.quarantines, 5 * MINUTE)).toHaveLength(because.length === 0 ? 1 : 0)
  })

  it('of a group that runs on some nodes only is not lifted by others', () => {
    const spec = { nodeSelector: new Map([['pool', 'web']]) }
    const pool = (name: string, zone: string, pool: string) => makeNode(name, { zone, labels: { pool } })
    const world = (...more: readonly ClusterRecord[]) =>
      of(
        [web],
        clusterOf([...zones.map(zone => pool(`node-${zone}`, zone, 'web')), makePod('web-a', { nodeName: 'node-a', spec }), ...more]),
      )
    const begun = reconsider(missed(NONE, 'web', 0, 1).quarantines, [web], world().cluster, MINUTE).quarantines
    const lifted = (more: ClusterRecord) => reconsider(begun, [web], world(more).cluster, 5 * MINUTE).lifted

    expect(lifted(pool('node-d', 'c', 'batch'))).toEqual([])
    expect(lifted(pool('node-d', 'c', 'web'))).toHaveLength(1)
  })

  it('for moves that somebody undid outlasts a change of nodes, which is how a consolidation undoes them', () => {
    expect(after(changed({}, makeNode('node-d', { zone: 'c' })), 'movedBack').because).toEqual([])
    expect(after(changed({ spec: { priority: 7 } }), 'movedBack').because).toEqual(['its spec has changed'])
  })

  it('once lifted starts from ten minutes, after two new misses', () => {
    const { quarantines, misses } = after(changed({}, makeNode('node-d', { zone: 'c' })))
    const lifted: Misses = { misses, quarantines }

    expect(quarantineHolds(missed(lifted, 'web', 6).quarantines, 6 * MINUTE)).toEqual([])
    expect(until(missed(lifted, 'web', 6, 7))).toEqual([['web', 17]])
  })

  it('once lifted leaves the misses where they stop the loop', () => {
    const { quarantines, misses } = after(changed({}, makeNode('node-d', { zone: 'c' })))

    expect(missesTooOften(missed({ misses, quarantines }, 'web', 6).misses, 6 * MINUTE)).toBe(true)
  })

  it('that nothing changes for is written down once', () => {
    const begun = reconsider(missed(NONE, 'web', 0, 1).quarantines, atFirst.groups, atFirst.cluster, MINUTE).quarantines

    expect(reconsider(begun, atFirst.groups, atFirst.cluster, 2 * MINUTE).quarantines).toEqual(begun)
  })
})
