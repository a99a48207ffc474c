import { describe, expect, it } from 'vitest'
import { eviction, group, plan } from '../../test/support/made-up-plans.ts'
import { PLAIN_SPEC, podRecord } from '../../test/support/records.ts'
import { groupOf, hard, planFor, spreadOn, workload, zones } from '../../test/support/spread-world.ts'
import type { GroupPlan, Plan } from '../planning/plan-types.ts'
import { groupsOfPods, workloadExplanation } from './workload-explanation.ts'

const web = { kind: 'Deployment', name: 'web' }

const SPREAD = {
  topologyKey: 'topology.kubernetes.io/zone',
  whenUnsatisfiable: 'DoNotSchedule',
  maxSkew: 1,
  minDomains: undefined,
  selector: { kind: 'nothing' },
  matchLabelKeys: [],
  nodeAffinityPolicy: 'Honor',
  nodeTaintsPolicy: 'Ignore',
} as const

const explain = (given: Plan, pods: readonly string[] = []): string => {
  const named = pods.map((name, index) => podRecord({ name, uid: `u${index + 1}`, nodeName: index === 3 ? undefined : 'node-a-7' }))
  return `\n${workloadExplanation(given, { namespace: 'shop', workload: web, pods: named }, { width: 80, headers: true })}`
}

const onOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ')

const changed = (name: string, count: number, countAfter: number): GroupPlan['domains'][number] => ({
  name,
  count,
  countAfter,
  acceptsPods: true,
})

describe('the explanation of a workload', () => {
  it('tells its groups and each of its pods', () => {
    const zone = group(
      { 'az-a': 6, 'az-b': 6, 'az-c': 0 },
      {
        memberUids: ['u1', 'u2', 'u3'],
        risk: { readyPods: 12, now: 0.5, after: 0.417 },
        planned: 3,
        skewAfter: 2,
        lowerBound: 4,
        reachableBound: 3,
        domains: [changed('az-a', 6, 5), changed('az-b', 6, 4), changed('az-c', 0, 3)],
        blockers: [{ reason: 'TooYoung', pods: 1, message: 'the pod is 20s old, less than 60s' }],
      },
    )
    const host = group(Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`node-${index}`, index % 4])), {
      memberUids: ['u1', 'u2', 'u3'],
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway',
      origin: 'default',
      status: 'Blocked',
      reason: 'CannotPredict',
      message: 'its pods name another scheduler',
      lowerBound: 75,
      reachableBound: undefined,
      workloads: [web, { kind: 'Deployment', name: 'canary' }],
    })
    const given: Plan = {
      ...plan([zone, host], [eviction(1, { uid: 'u1' })]),
      leftAlone: new Map([['u2', { reason: 'TooYoung', message: 'the pod is 20s old, less than 60s' }]]),
    }

    expect(explain(given, ['web-7c9f8d6b5-abcde', 'web-7c9f8d6b5-fghij', 'web-7c9f8d6b5-klmno', 'web-7c9f8d6b5-pqrst']))
      .toMatchInlineSnapshot(`
        "
        deploy/web in namespace shop, 4 pods

        zone (hard, maxSkew 1)
          az-a  6  -> 5
          az-b  6  -> 4
          az-c  0  -> 3
          The skew is 6, the maxSkew 1. Violated: 3 evictions bring it to 2; on counts
          alone 4 would do, as things are it takes 3. 1 pod left alone, TooYoung: the
          pod is 20s old, less than 60s. The loss of the fullest domain takes 50 % of
          the 12 ready pods, after the plan 42 %.

        hostname (soft, maxSkew 1, a default of the cluster)
          300 domains with 0 to 3 pods
          The skew is 3, the maxSkew 1. Blocked, CannotPredict: its pods name another
          scheduler; on counts alone 75 would do, but as things are no number of
          evictions does. The loss of the fullest domain takes 1 % of the 450 ready pods
          of deploy/web. The constraint spans deploy/web, deploy/canary.

        POD                  NODE      WHAT
        web-7c9f8d6b5-abcde  node-a-7  wave 1: az-a -> az-c (certain)
        web-7c9f8d6b5-klmno  node-a-7  stays, NotNeeded
            the planned evictions do without it
        web-7c9f8d6b5-pqrst  -         stays, Pending
            it is not scheduled yet
        web-7c9f8d6b5-fghij  node-a-7  stays, TooYoung
            the pod is 20s old, less than 60s
        "
      `)
  })

  it('says what holds it, and what is said about the whole cluster', () => {
    const missing = { reason: 'DomainHasNoNodes', message: 'zone=az-d is expected and has no nodes' } as const
    const held = group(
      { 'az-a': 4, 'az-b': 4, 'az-c': 0 },
      {
        memberUids: ['u1'],
        status: 'Held',
        reason: 'DomainSettling',
        message: 'az-c came back 2m10s ago',
        lowerBound: 2,
        reachableBound: undefined,
        reach: 'unknown',
        minDomains: 3,
        domains: [changed('az-a', 4, 4), changed('az-b', 4, 4), { ...changed('az-c', 0, 0), acceptsPods: false }],
        blockers: [{ reason: 'DomainSettling', pods: 8, message: 'az-c came back 2m10s ago' }],
      },
    )

    expect(explain(plan([held], [], [missing]), ['web-1'])).toMatchInlineSnapshot(`
      "
      deploy/web in namespace shop, 1 pod

      zone (hard, maxSkew 1, minDomains 3)
        az-a  4
        az-b  4
        az-c  0  (takes no pods now)
        The skew is 4, the maxSkew 1. Held, DomainSettling: az-c came back 2m10s ago;
        on counts alone 2 would do. The loss of the fullest domain takes 50 % of the 8
        ready pods.

      POD    NODE      WHAT
      web-1  node-a-7  stays, DomainSettling
          az-c came back 2m10s ago

      DomainHasNoNodes: zone=az-d is expected and has no nodes
      "
    `)
  })

  it('says what remains, and whom the selector counts besides', () => {
    const left = group(
      { 'az-a': 6, 'az-b': 3, 'az-c': 0 },
      {
        memberUids: ['u1'],
        planned: 1,
        skewAfter: 4,
        excessAfter: 3,
        lowerBound: 3,
        reachableBound: undefined,
        alsoCounted: [{ workload: { kind: 'StatefulSet', name: 'db' }, pods: 5 }],
        blockers: [{ reason: 'CountedOnly', pods: 5, message: 'the selector also counts 5 pods of StatefulSet db' }],
      },
    )
    const said = onOneLine(explain(plan([left]), ['web-1']))
    expect(said).toContain('1 eviction brings it to 4, which is still too much; on counts alone 3 would do, but as things are no number of')
    expect(said).toContain('5 pods left alone, CountedOnly: the selector also counts 5 pods of StatefulSet db.')
    expect(said).toContain('The selector also counts 5 pods of sts/db, which do not carry the constraint.')
  })

  it('tells by how much evictions lower the excess where they leave the skew as it is', () => {
    const left = { memberUids: ['u1'], lowerBound: 4, excess: 9, excessAfter: 8, skewAfter: 6, reachableBound: undefined }
    const counts = { 'az-a': 6, 'az-b': 6, 'az-c': 0 }
    expect(onOneLine(explain(plan([group(counts, { ...left, planned: 1 })]), ['web-1']))).toContain(
      '1 eviction lowers the excess from 9 to 8 and leaves the skew at 6, which is still too much;',
    )
    expect(onOneLine(explain(plan([group(counts, { ...left, planned: 2, excessAfter: 7 })]), ['web-1']))).toContain(
      '2 evictions lower the excess from 9 to 7 and leave the skew at 6, which is still too much;',
    )
  })

  it('keeps to the width, be the names as long as Kubernetes allows', () => {
    const given = {
      namespace: 'n'.repeat(63),
      workload: { kind: 'Deployment', name: 'w'.repeat(63) },
      pods: [podRecord({ name: 'web', uid: 'u1' })],
    }
    const said = workloadExplanation(plan([group({ a: 2, b: 0 }, { memberUids: ['u1'] })]), given, { width: 80, headers: true })
    expect(said.split('\n').filter(line => line.length > 80)).toEqual([])
  })

  it.each([
    [{ a: 3, b: 3 }, 2, 'without minDomains none would be needed, but as things are no number of evictions does.'],
    [{ a: 5, b: 0 }, 3, 'on counts alone and without minDomains 1 would do, as things are it takes 2.'],
  ])('with fewer domains than minDomains, %j, says what it would take without', (counts, maxSkew, said) => {
    const sizes = { a: 3, b: 3 }
    const spread = [hard('web', { maxSkew, minDomains: 3 })]
    const result = planFor([...zones(sizes), ...workload({ name: 'web', on: spreadOn(sizes, Object.values(counts)), spread })])
    const pods = groupOf(result, 'web').memberUids.map(uid => podRecord({ name: uid, uid, nodeName: 'a0' }))
    const told = onOneLine(workloadExplanation(result, { namespace: 'shop', workload: web, pods }, { width: 80, headers: true }))
    expect(told).toContain(`; ${said}`)
  })

  it('says when the plan is the best there is', () => {
    const best = group({ a: 2, b: 0 }, { memberUids: ['u1'], planned: 1, skewAfter: 0, lowerBound: 1, reachableBound: 1 })
    expect(onOneLine(explain(plan([best]), ['web-1']))).toContain('1 eviction brings it to 0, the fewest that can.')
  })

  it('says which evictions their budget lets wait, and why once', () => {
    const waitsFor = { reason: 'BudgetExhausted', message: 'budget web allows no disruption now' } as const
    const zone = group({ 'az-a': 3, 'az-b': 0 }, { memberUids: ['u1', 'u2'], planned: 2 })
    const evictions = [1, 2].map(order => eviction(order, { uid: `u${order}`, wave: order + 1, waitsFor }))
    const told = explain(plan([zone], evictions), ['web-1', 'web-2'])
    expect(told).toContain('web-1  node-a-7  wave 2: az-a -> az-c (certain), BudgetExhausted\n')
    expect(told).toContain('these 2: budget web allows no disruption now')
  })

  it('keeps to the width where domains are as long as the names that clouds give to hosts', () => {
    const fromDomain = 'ip-10-0-101-12.eu-central-1.compute.internal'
    const toDomain = 'ip-10-0-101-34.eu-central-1.compute.internal'
    const given = plan(
      [group({ [fromDomain]: 2, [toDomain]: 0 }, { memberUids: ['u1'] })],
      [eviction(1, { uid: 'u1', fromDomain, toDomain })],
    )
    const told = explain(given, ['web-7c9f8d6b5-abcde'])
    expect(told.split('\n').filter(line => line.length > 80)).toEqual([])
    expect(onOneLine(told)).toContain(`wave 1 ${fromDomain} -> ${toDomain} (certain)`)
  })

  it('says what is wrong where no constraint can be read', () => {
    const problem = 'topologySpreadConstraints[0].maxSkew: `-1` is not a whole number of at least 1'
    const pod = podRecord({ name: 'web-1', uid: 'u1', nodeName: 'a0', spec: { ...PLAIN_SPEC, unreadConstraints: problem } })
    const told = workloadExplanation(plan([]), { namespace: 'shop', workload: web, pods: [pod] }, { width: 80, headers: true })
    expect(onOneLine(told)).toBe(`deploy/web in namespace shop, 1 pod: none with a spread constraint that can be read; ${problem} `)
  })

  it('is without headers the rows of the pods', () => {
    const pods = [podRecord({ name: 'web-1', uid: 'u1', nodeName: 'a0' })]
    const balanced = plan([group({ a: 1 }, { memberUids: ['u1'] })])
    const said = workloadExplanation(balanced, { namespace: 'shop', workload: web, pods }, { width: 80, headers: false })
    expect(said).toMatch(/^web-1 +a0 +stays, /)
  })

  it('says so when no pod with a constraint runs', () => {
    const waiting = podRecord({ spec: { ...PLAIN_SPEC, topologySpreadConstraints: [SPREAD] }, nodeName: undefined })
    expect(workloadExplanation(plan([]), { namespace: 'shop', workload: web, pods: [waiting] }, { width: 120, headers: true })).toBe(
      'deploy/web in namespace shop, 1 pod: none that carries a spread constraint runs on a node, so there is nothing to count\nyet.\n',
    )
  })

  it('says so when it has no constraint', () => {
    expect(explain(plan([group({ a: 1 }, { namespace: 'other' })]), ['web-1'])).toBe(
      '\ndeploy/web in namespace shop, 1 pod: none carries a spread constraint, so there\nis nothing to restore.\n',
    )
  })
})

describe('the groups of a workload', () => {
  it('are those that it has members in, alone or with others, whatever the group is called by', () => {
    const shared = group({ a: 2 }, { workload: { kind: 'Deployment', name: 'canary' }, memberUids: ['u9', 'u1'] })
    const own = group({ a: 1 }, { memberUids: ['u2'] })
    const other = group({ a: 1 }, { memberUids: ['u3'] })
    const pods = ['u1', 'u2'].map(uid => podRecord({ uid }))
    expect(groupsOfPods(plan([shared, own, other]), pods)).toEqual([shared, own])
  })
})
