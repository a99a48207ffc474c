import { describe, expect, it } from 'vitest'
import {
  AT_REST,
  groupOf,
  hard,
  planFor,
  soft,
  spreadOn,
  stateOf,
  workload,
  ZONE,
  zones,
  type WorkloadOptions,
} from '../../test/support/spread-world.ts'
import type { Plan } from './plan-types.ts'
import type { Drain } from './situation.ts'

const THREE = { a: 3, b: 3, c: 3 }

/** Somebody drains c0. */
function drainOf(objects: readonly unknown[]): Drain {
  const node = stateOf(objects).node('c0')
  if (node === undefined) throw new Error('there is no node c0')
  return { node, reason: 'DrainInProgress', until: AT_REST.now + 60_000, message: 'c0 is being drained' }
}

describe('a drain', () => {
  const cordoned = zones(THREE).map(node =>
    (node['metadata'] as { name: string }).name === 'c0' ? { ...node, spec: { unschedulable: true } } : node,
  )
  const skewed = [...cordoned, ...workload({ name: 'web', on: spreadOn(THREE, [6, 6, 0]), spread: [hard('web')] })]
  const heldFor = (objects: readonly unknown[], drained: readonly unknown[] = objects) =>
    groupOf(planFor(objects, {}, { drains: [drainOf(drained)] }), 'web')

  it('holds each group that its node counts for', () => {
    expect(heldFor(skewed)).toMatchObject({ status: 'Held', reason: 'DrainInProgress', message: 'c0 is being drained', planned: 0 })
    expect(groupOf(planFor(skewed), 'web')).toMatchObject({ status: 'Violated', planned: 4 })
  })

  it('holds them still when the node is gone, until the drain is over', () => {
    const without = skewed.filter(object => (object['metadata'] as { name: string }).name !== 'c0')
    expect(heldFor(without, skewed)).toMatchObject({ status: 'Held', reason: 'DrainInProgress' })
  })

  it('does not touch a group that cannot use its node', () => {
    const elsewhere = {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'NotIn', values: ['c0'] }] }],
        },
      },
    }
    const objects = [
      ...cordoned,
      ...workload({ name: 'web', on: spreadOn(THREE, [6, 6, 0]), spread: [soft('web')], spec: { affinity: elsewhere } }),
    ]
    expect(heldFor(objects)).toMatchObject({ status: 'Violated', planned: 4 })
  })

  it('gives way to an outage as the reason', () => {
    const down = [...zones({ a: 3, b: 3 }), ...zones({ c: 3 }, { ready: false, cordoned: true })]
    const objects = [...down, ...workload({ name: 'web', on: spreadOn(THREE, [6, 6, 0]), spread: [hard('web', { topologyKey: ZONE })] })]
    expect(heldFor(objects)).toMatchObject({ status: 'Held', reason: 'DomainOutage' })
  })
})

describe('a group of which some pods wait', () => {
  const settling = { topologyKey: ZONE, domain: 'c', reason: 'DomainSettling', until: AT_REST.now + 60_000, message: 'c settles' } as const
  const web = (pods: WorkloadOptions['pods'] = {}) => workload({ name: 'web', on: spreadOn(THREE, [3, 2, 0]), spread: [soft('web')], pods })
  const optedOut = { metadata: { annotations: { 'respread.io/evict': 'false' } } }

  it.each<[string, readonly unknown[]]>([
    ['though more of them may never be moved', web({ 0: optedOut, 1: optedOut, 2: optedOut })],
    [
      'though more pods are merely counted',
      [...web(), ...workload({ name: 'job', labels: { app: 'web' }, on: spreadOn(THREE, [3, 3, 0]) })],
    ],
  ])('waits %s', (_, objects) => {
    const plan = planFor([...zones(THREE), ...objects], {}, { domainHolds: [settling] })
    expect(groupOf(plan, 'web')).toMatchObject({ status: 'Held', reason: 'DomainSettling', message: 'c settles' })
  })
})

describe('a group whose pods are about to be placed', () => {
  const web = (on: readonly (string | undefined)[], pods: WorkloadOptions['pods'] = {}) => [
    ...zones(THREE),
    ...workload({ name: 'web', on, spread: [soft('web')], pods }),
  ]
  const five = ['a0', 'a1', 'a2', 'a0', 'a1']

  it('waits until they lie somewhere: the scheduler places them before or after a replacement, as its back-off has it', () => {
    const plan = planFor(web([...five, undefined]))

    expect(plan.evictions).toEqual([])
    expect(groupOf(plan, 'web')).toMatchObject({
      status: 'Held',
      reason: 'Pending',
      message: '1 pod that it counts is about to be placed, as web-5: what is left to do shows when it has landed',
    })
  })

  it('does not wait for one that fits nowhere', () => {
    const tooLarge = { spec: { containers: [{ name: 'main', resources: { requests: { cpu: '64' } } }] } }
    expect(groupOf(planFor(web([...five, undefined], { 5: tooLarge })), 'web')).toMatchObject({ status: 'Violated', planned: 3 })
  })

  it('waits where a node has gone with pods on it, until they are deleted and others have landed', () => {
    const plan = planFor(web([...five, 'gone']))

    expect(plan.evictions).toEqual([])
    expect(groupOf(plan, 'web')).toMatchObject({
      status: 'Held',
      reason: 'Pending',
      message: '1 pod that it counted has lost its node, as web-5: what is left to do shows when others have landed',
    })
  })

  it.each<[string, readonly unknown[]]>([
    ['nobody makes anew', []],
    ['belonged to its node', [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'agent', controller: true }]],
    ['its kubelet had made', [{ apiVersion: 'v1', kind: 'Node', name: 'gone', uid: 'gone', controller: true }]],
  ])('does not wait where a node has gone with a pod that %s', (_, ownerReferences) => {
    const plan = planFor(web([...five, 'gone'], { 5: { metadata: { ownerReferences } } }))
    expect(groupOf(plan, 'web')).toMatchObject({ status: 'Violated', planned: 3 })
  })

  it('does not wait for the replacement of a pod that was evicted for it: those are waited for one by one', () => {
    const flight = {
      namespace: 'shop',
      workload: { kind: 'Deployment', name: 'web' },
      pod: 'web-gone',
      uid: 'gone',
      node: 'a0',
      controllerUid: stateOf(web(five)).pod('shop', 'web-0')?.controller?.uid ?? '',
      evictedAt: AT_REST.now,
      replacementUid: 'pod-shop-web-5',
      budgets: [],
      budgetShows: false,
    }
    expect(groupOf(planFor(web([...five, undefined]), {}, { inFlight: [flight] }), 'web')).toMatchObject({ status: 'Violated', planned: 3 })
  })
})

describe('a pod that the API server refuses to evict', () => {
  const objects = [...zones(THREE), ...workload({ name: 'web', on: spreadOn(THREE, [3, 1, 1]), spread: [hard('web')] })]
  const because = { reason: 'RefusedByWebhook', message: 'not this one' } as const
  const refusing = (...uids: readonly string[]): Plan => planFor(objects, {}, { refused: uids.map(uid => ({ uid, ...because })) })
  const [first] = planFor(objects).evictions

  it('stays, and the plan is made with others that are otherwise like it', () => {
    const plan = refusing(first!.uid)

    expect(plan.evictions.map(({ uid }) => uid)).toEqual([expect.not.stringMatching(first!.uid)])
    expect(groupOf(plan, 'web')).toMatchObject({ status: 'Violated', excess: 1, skewAfter: 1 })
    expect(plan.leftAlone.get(first!.uid)).toEqual(because)
  })

  it('is what its group waits for where no other can serve', () => {
    expect(groupOf(refusing(...['web-0', 'web-1', 'web-2'].map(name => `pod-shop-${name}`)), 'web')).toMatchObject({
      status: 'Held',
      ...because,
      blockers: [{ ...because, pods: 3 }],
    })
  })
})

describe('a hard constraint that only pods carry which wait for the scheduler', () => {
  const front = { labels: { tier: 'front' } }
  const ofAll = hard('shop', { labelSelector: { matchLabels: { tier: 'front' } } })
  // Three each in all: whoever leaves zone a leaves shop no other zone to run in, be there a node for it elsewhere tomorrow.
  const others = [
    ...zones(THREE),
    ...workload({ name: 'blog', on: spreadOn(THREE, [0, 3, 3]), ...front }),
    ...workload({ name: 'wiki', on: spreadOn(THREE, [3, 0, 0]), spread: [soft('wiki')], ...front }),
  ]
  const waiting = (cpu: string): readonly unknown[] =>
    workload({ name: 'shop', on: [undefined, undefined], spread: [ofAll], cpu, ...front })

  it.each([
    ['that fit nowhere yet', '12'],
    ['that are about to be placed', '1'],
  ])('is not worsened: pods %s', (_case, cpu) => {
    expect(planFor(others).evictions).toHaveLength(2)

    const plan = planFor([...others, ...waiting(cpu)])

    expect(plan.evictions).toEqual([])
    expect(groupOf(plan, 'wiki')).toMatchObject({
      status: 'Blocked',
      reason: 'WouldWorsenOther',
      message: expect.stringContaining('shop-0'),
    })
  })

  it('is no group of its own: nobody is there to be moved', () => {
    const plan = planFor([...others, ...waiting('12')])

    expect(plan.groups.map(({ workload: { name } }) => name)).not.toContain('shop')
  })
})

describe('a group that waits', () => {
  const front = { labels: { tier: 'front' } }
  const ofBoth = soft('shop', { labelSelector: { matchLabels: { tier: 'front' } } })
  const objects = [
    ...zones(THREE),
    ...workload({ name: 'shop', on: spreadOn(THREE, [0, 2, 3]), spread: [ofBoth], ...front }),
    ...workload({ name: 'blog', on: spreadOn(THREE, [3, 1, 0]), spread: [soft('blog')], ...front }),
  ]
  const rests = {
    namespace: 'shop',
    kind: 'Deployment',
    name: 'shop',
    reason: 'CoolingDown',
    until: undefined,
    message: 'it rests',
  } as const

  it('is not worsened for the sake of another: it would have to be mended when it has waited long enough, at the cost of the other', () => {
    const plan = planFor(objects, {}, { workloadHolds: [rests] })

    expect(plan.evictions).toEqual([])
    expect(groupOf(plan, 'blog')).toMatchObject({ status: 'Blocked', reason: 'WouldWorsenOther' })
  })
})
