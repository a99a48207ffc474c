import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eviction, group, plan } from '../../test/support/made-up-plans.ts'
import type { Plan } from '../planning/plan-types.ts'
import { reportTable } from './report-table.ts'

const table = (given: Plan, options: { width?: number; wide?: boolean; headers?: boolean; limit?: number } = {}): string =>
  `\n${reportTable(given, { width: 80, wide: false, headers: true, limit: 50, ...options })}`

const deployment = (name: string) => ({ kind: 'Deployment', name })
const zones = (a: number, b: number, c: number) => ({ 'az-a': a, 'az-b': b, 'az-c': c })

describe('the table of a plan', () => {
  it('shows the worst first, says why under what is not mended, then the evictions', () => {
    const groups = [
      group(zones(2, 2, 2), { namespace: 'data', workload: { kind: 'StatefulSet', name: 'cache' } }),
      group(
        { 'az-a': 5 },
        { namespace: 'platform', workload: deployment('pinned'), reason: 'OneDomain', message: 'The pods can only run in az-a.' },
      ),
      group(zones(3, 3, 0), {
        workload: deployment('frozen'),
        status: 'Blocked',
        reason: 'BudgetNeverAllows',
        message: 'Budget shop/frozen has maxUnavailable 0: it can never allow an eviction.',
        lowerBound: 2,
        reachableBound: undefined,
      }),
      group(zones(4, 4, 0), {
        namespace: 'data',
        workload: { kind: 'StatefulSet', name: 'queue' },
        status: 'Held',
        reason: 'DomainSettling',
        message: 'az-c came back 2m10s ago.',
        reach: 'unknown',
        domains: [
          { name: 'az-a', count: 4, countAfter: 4, acceptsPods: true },
          { name: 'az-b', count: 4, countAfter: 4, acceptsPods: true },
          { name: 'az-c', count: 0, countAfter: 0, acceptsPods: false },
        ],
      }),
      group(zones(3, 3, 0), { workload: deployment('checkout'), planned: 2, skewAfter: 0 }),
      group(zones(6, 6, 0), { planned: 4, skewAfter: 0, whenUnsatisfiable: 'ScheduleAnyway' }),
    ]
    const evictions = [eviction(2, { wave: 2, pod: 'checkout-6d5f9c7b8-x2p2z', certainty: 'likely' }), eviction(1)]
    const notices: Plan['notices'] = [
      { reason: 'DomainHasNoNodes', message: 'az-d should exist for topology.kubernetes.io/zone but no node carries it as a label.' },
    ]

    expect(table(plan(groups, evictions, notices))).toMatchInlineSnapshot(`
      "
      NAMESPACE  WORKLOAD         KEY   WHEN  COUNTS   SKEW    RISK  EVICT  STATUS
      shop       deploy/web       zone  soft  6 6 0    6->0/1  50%       4  Violated
      shop       deploy/checkout  zone  hard  3 3 0    3->0/1  50%       2  Violated
      data       sts/queue        zone  hard  4 4 (0)  4/1     50%       0  Held
          DomainSettling: az-c came back 2m10s ago.
      shop       deploy/frozen    zone  hard  3 3 0    3/1     50%       0  Blocked
          BudgetNeverAllows: Budget shop/frozen has maxUnavailable 0: it can never
          allow an eviction.
      platform   deploy/pinned    zone  hard  5 - -    0/1     100%      0  Balanced
          OneDomain: The pods can only run in az-a.
      data       sts/cache        zone  hard  2 2 2    0/1     33%       0  Balanced

      Counts: zone az-a az-b az-c; (n) takes no pods now; - is no domain for these
      pods. Skew: now->after/maxSkew. Risk: share of the ready pods in the fullest
      domain.
      6 groups among 43 pods on 9 nodes: 2 violated, 1 held, 1 blocked, 2 balanced.
      2 evictions planned, in 2 waves (bounds: 8 on counts alone, 6 reachable, 1 group
      out of reach, 1 group left aside).
      5 workloads would lose half or more of the ready pods with one domain.

      DomainHasNoNodes: az-d should exist for topology.kubernetes.io/zone but no node
      carries it as a label.

      WAVE  NAMESPACE  POD                       FROM ZONE  TO ZONE  LANDING
         1  shop       web-7c9f8d6b5-bx2k1       az-a       az-c     certain
         2  shop       checkout-6d5f9c7b8-x2p2z  az-a       az-c     likely
      "
    `)
  })

  it('says what the plan leaves, and how many pods each of several reasons keeps', () => {
    const room = { reason: 'NoRoom', pods: 10, message: 'az-c lacks 2 CPU for 2 more pods of 1 CPU' } as const
    const young = { reason: 'TooYoung', pods: 1, message: 'it is 20s old, the minimum is 60s' } as const
    const groups = [
      group(zones(6, 6, 0), { planned: 2, skewAfter: 3, excessAfter: 2, blockers: [room] }),
      group(zones(6, 6, 0), { workload: deployment('b'), planned: 2, skewAfter: 0, blockers: [young] }),
      group(zones(6, 6, 0), {
        workload: deployment('c'),
        status: 'Blocked',
        reason: 'NoRoom',
        message: room.message,
        blockers: [room, young],
      }),
    ]

    expect(table(plan(groups))).toMatchInlineSnapshot(`
      "
      NAMESPACE  WORKLOAD    KEY   WHEN  COUNTS  SKEW    RISK  EVICT  STATUS
      shop       deploy/b    zone  hard  6 6 0   6->0/1  50%       2  Violated
      shop       deploy/web  zone  hard  6 6 0   6->3/1  50%       2  Violated
          left at 3: NoRoom: az-c lacks 2 CPU for 2 more pods of 1 CPU
      shop       deploy/c    zone  hard  6 6 0   6/1     50%       0  Blocked
          NoRoom (10 pods): az-c lacks 2 CPU for 2 more pods of 1 CPU; TooYoung (1
          pod): it is 20s old, the minimum is 60s

      Counts: zone az-a az-b az-c. Skew: now->after/maxSkew. Risk: share of the ready
      pods in the fullest domain.
      3 groups among 36 pods on 9 nodes: 2 violated, 1 blocked.
      No eviction planned (bounds: 4 on counts alone, 4 reachable).
      3 workloads would lose half or more of the ready pods with one domain.
      "
    `)
  })

  it('gives the range of counts where there are many domains, and names too long a line of their own', () => {
    const hosts = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`ip-10-0-${index}-7.eu-central-1.compute.internal`, index % 4]),
    )
    const fiveZones = { 'eu-central-1a': 112, 'eu-central-1b': 110, 'eu-central-1c': 98, 'eu-central-1d': 117, 'eu-central-1e': 0 }
    const groups = [
      group(fiveZones, {
        namespace: 'payments',
        workload: deployment('payment-authorization-service-production-canary'),
        planned: 84,
        skewAfter: 1,
      }),
      group(hosts, {
        namespace: 'payments',
        workload: deployment('proxy'),
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
      }),
      group(
        { 'eu-central-1a': 1, 'eu-central-1b': 1 },
        { namespace: 'payments-and-settlement-production', workload: deployment('ledger') },
      ),
    ]
    const evictions = [
      eviction(1, {
        namespace: 'payments-and-settlement-production',
        pod: 'payment-authorization-service-production-canary-6d5f9c7b8-x2p2z',
      }),
      eviction(2, {
        topologyKey: 'kubernetes.io/hostname',
        fromDomain: 'ip-10-0-3-7.eu-central-1.compute.internal',
        toDomain: 'ip-10-0-4-7.eu-central-1.compute.internal',
        toDomains: ['ip-10-0-4-7.eu-central-1.compute.internal', 'ip-10-0-8-7.eu-central-1.compute.internal'],
      }),
    ]

    expect(table(plan(groups, evictions))).toMatchInlineSnapshot(`
      "
      NAMESPACE  WORKLOAD   KEY       WHEN  COUNTS            SKEW      RISK  STATUS
      payments   deploy/payment-authorization-service-production-canary
                            zone      hard  112 110 98 117 0  117->1/1  27%   evict 84
      payments   deploy/proxy
                            hostname  soft  0-3 in 300        3/1       1%    Violated
      payments-and-settlement-production  deploy/ledger
                            zone      hard  1 1 - - -         0/1       50%   Balanced

      Counts: zone eu-central-1a eu-central-1b eu-central-1c eu-central-1d
      eu-central-1e; - is no domain for these pods; a-b in n: from a to b pods in n
      domains. Skew: now->after/maxSkew. Risk: share of the ready pods in the fullest
      domain.
      3 groups among 889 pods on 9 nodes: 2 violated, 1 balanced.
      2 evictions planned, in 1 wave (bounds: 84 on counts alone, 84 reachable).
      1 workload would lose half or more of the ready pods with one domain.

      WAVE  NAMESPACE                           POD
         1  payments-and-settlement-production
            payment-authorization-service-production-canary-6d5f9c7b8-x2p2z
            zone az-a -> az-c, certain
         1  shop                                web-7c9f8d6b5-cx2k2
            hostname ip-10-0-3-7.eu-central-1.compute.internal ->
            ip-10-0-4-7.eu-central-1.compute.internal (+1), certain
      "
    `)
  })

  it('shows everything on one line when wide', () => {
    const groups = [
      group(zones(6, 6, 0), {
        planned: 4,
        skewAfter: 0,
        maxSkew: 2,
        domains: [
          { name: 'az-a', count: 6, countAfter: 4, acceptsPods: true },
          { name: 'az-b', count: 6, countAfter: 4, acceptsPods: true },
          { name: 'az-c', count: 0, countAfter: 4, acceptsPods: false },
        ],
        blockers: [{ reason: 'TooYoung', pods: 1, message: 'younger than 1m' }],
      }),
    ]

    expect(table(plan(groups, [eviction(1, { toDomains: ['az-c', 'az-d'] })]), { wide: true })).toMatchInlineSnapshot(`
      "
      NAMESPACE  WORKLOAD    KEY   WHEN  MAXSKEW  DOMAINS                          SKEW  RISK  EVICT  STATUS    ORIGIN  REASON        MESSAGE
      shop       deploy/web  zone  hard        2  az-a=6->4 az-b=6->4 az-c=(0)->4  6->0  50%       4  Violated  pod     MovesPlanned  TooYoung (1 pod): younger than 1m

      1 group among 12 pods on 9 nodes: 1 violated.
      1 eviction planned, in 1 wave (bounds: 4 on counts alone, 4 reachable).
      1 workload would lose half or more of the ready pods with one domain.

      WAVE  NAMESPACE  POD                  KEY   FROM  TO         LANDING  NODE
         1  shop       web-7c9f8d6b5-bx2k1  zone  az-a  az-c,az-d  certain  node-a-1
      "
    `)
  })

  it('says so when no eviction may go at this moment, instead of leaving it to the number of the first wave', () => {
    const groups = [group(zones(6, 6, 0), { planned: 4 })]
    const none = 'None of them may go now: their budgets allow no disruption at the moment'

    expect(table(plan(groups, [eviction(1, { wave: 2 }), eviction(2, { wave: 3 })]))).toContain(none)
    expect(table(plan(groups, [eviction(1, { wave: 1 }), eviction(2, { wave: 3 })]))).not.toContain(none)
    expect(table(plan(groups))).not.toContain(none)
  })

  it('names the budgets that evictions wait for, those of the most evictions first', () => {
    const waitsFor = (name: string) => ({ reason: 'BudgetExhausted', message: `budget ${name} allows no disruption now` }) as const
    const budgets = ['one', 'two', 'two', 'three', 'three', 'three', 'four', 'five']
    const evictions = [eviction(1), ...budgets.map((name, at) => eviction(at + 2, { wave: 2, waitsFor: waitsFor(name) }))]
    const told = table(plan([group(zones(9, 9, 0), { planned: 9 })], evictions))

    expect(told.split('\n').filter(line => /waits? in|other budgets/.test(line))).toEqual([
      '3 evictions wait in shop, BudgetExhausted: budget three allows no disruption',
      '2 evictions wait in shop, BudgetExhausted: budget two allows no disruption now.',
      '1 eviction waits in shop, BudgetExhausted: budget one allows no disruption now.',
      'So do those of 2 other budgets; -o json names them.',
    ])
    expect(table(plan([group(zones(9, 9, 0), { planned: 1 })], [eviction(1)]))).not.toContain('wait')
  })

  it('shows the worst of thousands, and the rest in numbers', () => {
    const balanced = Array.from({ length: 4_000 }, (_, at) => group(zones(2, 2, 2), { workload: deployment(`fine-${at}`) }))
    const violated = Array.from({ length: 1_000 }, (_, at) => group(zones(6 + (at % 5), 6, 0), { workload: deployment(`bad-${at}`) }))
    const evictions = Array.from({ length: 300 }, (_, at) => eviction(at + 1, { wave: 1 + Math.trunc(at / 100) }))
    const made = plan([...balanced, ...violated], evictions)

    expect(table(made, { limit: 3 })).toMatchInlineSnapshot(`
      "
      NAMESPACE  WORKLOAD        KEY   WHEN  COUNTS  SKEW  RISK  EVICT  STATUS
      shop       deploy/bad-104  zone  hard  10 6 0  10/1  63%       0  Violated
      shop       deploy/bad-109  zone  hard  10 6 0  10/1  63%       0  Violated
      shop       deploy/bad-114  zone  hard  10 6 0  10/1  63%       0  Violated
      ... and 4997 more groups: 997 violated, 4000 balanced. --limit 0 shows all, -n
      and -l some.

      Counts: zone az-a az-b az-c. Skew: now->after/maxSkew. Risk: share of the ready
      pods in the fullest domain.
      5000 groups among 38000 pods on 9 nodes: 1000 violated, 4000 balanced.
      300 evictions planned, in 3 waves.
      1000 workloads would lose half or more of the ready pods with one domain.

      WAVE  NAMESPACE  POD                  FROM ZONE  TO ZONE  LANDING
         1  shop       web-7c9f8d6b5-bx2k1  az-a       az-c     certain
         1  shop       web-7c9f8d6b5-cx2k2  az-a       az-c     certain
         1  shop       web-7c9f8d6b5-dx2k3  az-a       az-c     certain
      ... and 297 more evictions, in waves 1 to 3.
      "
    `)
    expect(table(made, { limit: 3, headers: false }).split('\n')).toHaveLength(5_000 + 300 + 3)
  })

  it('names no domain of hundreds, however wide', () => {
    const hosts = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`host-${at}`, at % 4]))

    expect(table(plan([group(hosts, { topologyKey: 'kubernetes.io/hostname' })]), { wide: true })).toContain('  0-3 in 300  ')
  })

  it('leaves but the rows without headers', () => {
    expect(table(plan([group(zones(6, 6, 0), { planned: 4, skewAfter: 0 })], [eviction(1)]), { headers: false })).toMatchInlineSnapshot(`
      "
      shop       deploy/web  zone  hard  6 6 0   6->0/1  50%       4  Violated

         1  shop       web-7c9f8d6b5-bx2k1  az-a       az-c     certain
      "
    `)
  })

  it('says so when no pod carries a constraint', () => {
    expect(table(plan([]))).toBe('\n0 pods on 9 nodes: no pod carries a spread constraint.\n')
  })

  it('says once what holds many groups', () => {
    const held = { status: 'Held', reason: 'DomainOutage', message: '3 of 3 nodes of az-c are not Ready' } as const
    const groups = ['a', 'b', 'c'].map(name => group({ 'az-a': 3, 'az-b': 3 }, { workload: deployment(`worker-${name}`), ...held }))
    const other = group(
      { 'az-a': 3, 'az-b': 0 },
      { workload: deployment('worker-d'), status: 'Blocked', reason: 'JobPod', message: 'it is a Job' },
    )

    expect(table(plan([...groups, other, group({ 'az-a': 1, 'az-b': 1 })]))).toMatchInlineSnapshot(`
      "
      NAMESPACE  WORKLOAD         KEY   WHEN  COUNTS  SKEW  RISK  EVICT  STATUS
      shop       deploy/worker-a  zone  hard  3 3     0/1   50%       0  Held
      shop       deploy/worker-b  zone  hard  3 3     0/1   50%       0  Held
      shop       deploy/worker-c  zone  hard  3 3     0/1   50%       0  Held
          these 3: DomainOutage: 3 of 3 nodes of az-c are not Ready
      shop       deploy/worker-d  zone  hard  3 0     3/1   100%      0  Blocked
          JobPod: it is a Job
      shop       deploy/web       zone  hard  1 1     0/1   50%       0  Balanced

      Counts: zone az-a az-b. Skew: now->after/maxSkew. Risk: share of the ready pods
      in the fullest domain.
      5 groups among 23 pods on 9 nodes: 3 held, 1 blocked, 1 balanced.
      No eviction planned.
      5 workloads would lose half or more of the ready pods with one domain.
      "
    `)
  })

  it('tells that it shows a part, and leaves out the bounds of the whole', () => {
    const whole = plan([group(zones(6, 6, 0), { planned: 4, skewAfter: 0 }), group(zones(1, 1, 1), { workload: deployment('b') })])
    expect(table({ ...whole, groups: whole.groups.slice(1) })).toContain(
      '1 of 2 groups among 15 pods on 9 nodes: 1 balanced.\nNo eviction planned.\n',
    )
    expect(table({ ...whole, groups: [] })).toBe('\n15 pods on 9 nodes: none of the 2 groups is what -n and -l ask for.\n')
  })

  it('tells keys with the same ending apart', () => {
    const groups = [group({ a: 1, b: 0 }), group({ a: 1, b: 0 }, { topologyKey: 'failure-domain.beta.kubernetes.io/zone' })]
    expect(table(plan(groups))).toContain('Counts: failure-domain.beta.kubernetes.io/zone a b; zone a b.')
  })
})

describe('every table', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,60}$/)
  const counts = fc.dictionary(name, fc.nat(999), { minKeys: 1, maxKeys: 9 })
  const groups = fc.array(
    fc.record({ counts, namespace: name, workload: fc.record({ kind: fc.constantFrom('Deployment', 'StatefulSet'), name }) }),
    { maxLength: 6 },
  )
  const evictions = fc.array(fc.record({ namespace: name, pod: name, fromDomain: name, toDomain: name }), { maxLength: 4 })

  it('keeps names whole and lines within the width, unless one name alone is longer', () => {
    fc.assert(
      fc.property(groups, evictions, fc.integer({ min: 80, max: 140 }), (someGroups, someEvictions, width) => {
        const made = plan(
          someGroups.map(given => group(given.counts, { ...given, reason: 'NoRoom', message: `No room in ${given.namespace}.` })),
          someEvictions.map((given, index) => eviction(index + 1, given)),
        )
        const text = reportTable(made, { width, wide: false, headers: true, limit: Infinity })
        const words = new Set(text.split(/[\s,;]+/).flatMap(word => [word, word.split('/').at(-1), word.replace(/\.$/, '')]))
        for (const { namespace, workload } of made.groups) {
          expect(words).toContain(namespace)
          expect(words).toContain(workload.name)
        }
        for (const { pod, fromDomain, toDomain } of made.evictions) {
          for (const whole of [pod, fromDomain, toDomain]) expect(words).toContain(whole)
        }
        expect(text.split('\n').filter(line => line.length > width)).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  it('is harmless to a terminal, whatever the labels hold', () => {
    const odd = fc.string({ unit: fc.constantFrom('a', '\u001b', '[', '\u009b', '\n', '\r', '\t', '\u202e', '😀') })
    fc.assert(
      fc.property(odd, fc.boolean(), (text, wide) => {
        const made = plan(
          [
            group(
              { [text]: 3, b: 0 },
              { namespace: text, workload: { kind: text, name: text }, topologyKey: text, message: text, reason: 'NoRoom' },
            ),
          ],
          [eviction(1, { pod: text, node: text, fromDomain: text, toDomain: text, topologyKey: text })],
          [{ reason: 'DomainOutage', message: text }],
        )
        expect(reportTable(made, { width: 80, wide, headers: true, limit: Infinity })).not.toMatch(/[^\x20-\x7e\n]/)
      }),
      { numRuns: 60 },
    )
  })
})
