import { describe, expect, it } from 'vitest'
import { plan } from '../../src/planning/plan.ts'
import { DEFAULT_POLICY } from '../../src/planning/policy.ts'
import { placementTable } from '../../src/reporting/placement-table.ts'
import { rebalanceReport } from '../../src/reporting/report-json.ts'
import { reportTable } from '../../src/reporting/report-table.ts'
import { workloadExplanation } from '../../src/reporting/workload-explanation.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'
import {
  AT_REST,
  hard,
  rawNode,
  spreadOn,
  stateOf,
  workload,
  ZONE,
  zones,
  type NodeOptions,
  type WorkloadOptions,
} from '../support/spread-world.ts'

// A node whose zone label is empty is in a zone of that name, as kube-scheduler sees it; a node without the label is in none.

const TWO = { a: 3, b: 3 }
const shop = { namespace: 'shop', workload: { kind: 'Deployment', name: 'web' } }

/** All that a person is shown of web, on one line each; it runs in a and b, and has a third zone with an empty name. */
function shown(empty: Partial<NodeOptions>, web: Partial<WorkloadOptions> = {}, more: readonly unknown[] = []) {
  const nameless = ['e0', 'e1', 'e2'].map(name => rawNode({ name, zone: '', ...empty }))
  const made = workload({ name: 'web', on: spreadOn(TWO, [6, 6]), spread: [hard('web')], cpu: '1', ...web })
  const cluster = stateOf([...zones(TWO), ...nameless, ...more, ...made])
  const model = createSchedulerModel(cluster, DEFAULT_PROFILES)
  const result = plan({ cluster, model }, DEFAULT_POLICY, AT_REST)
  const pods = [...cluster.podsIn('shop')]
  const [pod] = pods
  const replacement = pod && model.replacementOf(pod)
  const asTable = { width: 80, wide: false, headers: true, limit: Infinity }
  const explanation = replacement?.kind === 'replacement' ? model.explain(replacement.pod) : undefined
  const flat = (text: string): string => text.replaceAll(/\s+/g, ' ')
  return {
    result,
    table: flat(reportTable(result, asTable)),
    wide: flat(reportTable(result, { ...asTable, wide: true })),
    explained: flat(workloadExplanation(result, { ...shop, pods }, { width: 80, headers: true })),
    placement: explanation && flat(placementTable(explanation, asTable)),
  }
}

describe('a domain with an empty name', () => {
  it('is seen wherever domains are named', () => {
    const { result, table, wide, explained, placement } = shown({})
    expect(result.evictions.map(({ toDomain }) => toDomain)).toEqual(['', '', '', ''])
    expect(table).toContain('Counts: zone "" a b.')
    expect(table).toContain('1 shop web-0 a "" certain')
    expect(wide).toContain('""=0->4 a=6->4 b=6->4')
    expect(wide).toContain('1 shop web-0 zone a "" certain a0')
    expect(explained).toContain('"" 0 -> 4 a 6 -> 4')
    expect(explained).toContain('web-0 a0 wave 1: a -> "" (certain)')
    expect(placement).toContain('a=6 b=6 ""=0')
    expect(placement).toMatch(/ e0 "" \d+ /)
  })

  it.each<[string, Partial<NodeOptions>, string]>([
    ['is down', { ready: false }, `3 of 3 nodes of ${ZONE}="" are not Ready`],
    ['is cordoned', { cordoned: true }, `drain deadlock: ${ZONE}="" counts`],
    ['is full', { cpu: '500m' }, 'NoRoom: "" lacks 4 CPU for 4 more pods of 1 CPU (most free on one node: 500m)'],
    ['has taints', { taints: [{ key: 'gpu', effect: 'NoSchedule' }] }, 'NoLanding: "": node(s) had untolerated taint'],
  ])('is seen where it %s', (_what, empty, said) => {
    expect(shown(empty).explained).toContain(said)
  })
})

describe('a node in no domain', () => {
  it('is not taken for one in a domain with an empty name', () => {
    const stays = { metadata: { annotations: { 'respread.io/evict': 'false' } } }
    const web = { on: ['a0', 'a0', 'b0', 'b0', 'old'], pods: { 0: stays, 1: stays, 2: stays, 3: stays } }
    const { result, table, explained } = shown({}, web, [rawNode({ name: 'old' })])
    expect(result.evictions).toMatchObject([{ node: 'old', fromDomain: undefined, toDomain: '' }])
    expect(table).toContain('1 shop web-4 - "" certain')
    expect(explained).toContain('web-4 old wave 1: - -> "" (certain)')
    expect(rebalanceReport(result)).toMatchObject({ evictions: [{ node: 'old', fromDomain: '', toDomain: '' }] })
  })
})
