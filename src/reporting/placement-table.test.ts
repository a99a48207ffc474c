import { describe, expect, it } from 'vitest'
import { FILTER_PLUGINS, SCORE_PLUGINS } from '../scheduling/plugins.ts'
import type { FilterPlugin } from '../scheduling/plugins.ts'
import type { NodeExplanation, PlacementExplanation } from '../scheduling/prediction.ts'
import { placementReport, placementTable } from './placement-table.ts'

function node(name: string, total: number | undefined, refusedBy: readonly FilterPlugin[] = []): NodeExplanation {
  return {
    name,
    domains: { 'topology.kubernetes.io/zone': name.slice(0, 6).replace('node', 'az'), 'kubernetes.io/hostname': name },
    feasible: total !== undefined,
    filters: Object.fromEntries(
      FILTER_PLUGINS.map(plugin => [plugin, refusedBy.includes(plugin) ? 'Unschedulable' : 'Success']),
    ) as NodeExplanation['filters'],
    reasons: refusedBy.map(plugin => `${plugin} says no`),
    scores:
      total === undefined
        ? undefined
        : (Object.fromEntries(SCORE_PLUGINS.map((plugin, index) => [plugin, index])) as NodeExplanation['scores']),
    total,
  }
}

const explanation: PlacementExplanation = {
  pod: { namespace: 'shop', name: 'web-7c9f8d6b5-abcde', nodeName: 'node-a-1', replacement: true },
  constraints: [
    {
      topologyKey: 'topology.kubernetes.io/zone',
      whenUnsatisfiable: 'DoNotSchedule',
      origin: 'pod',
      maxSkew: 1,
      minDomains: 1,
      counts: { 'az-a': 5, 'az-b': 6, 'az-c': 0 },
      globalMinimum: 0,
    },
    {
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway',
      origin: 'default',
      maxSkew: 3,
      minDomains: 1,
      counts: { 'node-a-1': 2, 'node-a-2': 3, 'node-b-1': 6, 'node-c-1': 0, 'node-c-2': 0 },
      globalMinimum: 0,
    },
  ],
  nodes: [
    node('node-a-1', undefined, ['PodTopologySpread']),
    node('node-b-1', undefined, ['TaintToleration', 'PodTopologySpread']),
    node('node-c-1', 512),
    node('node-c-2', 731),
  ],
  warnings: ['the profile names a plugin that is not modelled'],
}

describe('where a pod would go', () => {
  it('is told with the likeliest node first and who refuses the others', () => {
    expect(`\n${placementTable(explanation, { width: 80, wide: false, headers: true })}`).toMatchInlineSnapshot(`
      "
      Where the replacement of shop/web-7c9f8d6b5-abcde, now on node-a-1, would go: 2
      of 4 nodes would take it.

      Warning: the profile names a plugin that is not modelled

      KEY       WHEN  MAXSKEW  MINIMUM  COUNTS
      zone      hard        1        0  az-a=5 az-b=6 az-c=0
      hostname  soft        3        0  5 domains
          node-a-1=2 node-a-2=3 node-b-1=6 node-c-1=0 node-c-2=0

      NODE      ZONE  TOTAL  REFUSED BY
      node-c-2  az-c    731
      node-c-1  az-c    512
      node-a-1  az-a      -  PodTopologySpread
          PodTopologySpread says no
      node-b-1  az-b      -  TaintToleration, PodTopologySpread
          TaintToleration says no; PodTopologySpread says no
      "
    `)
  })

  it('is told in plain words, once for the nodes that refuse alike and once for the filters that say the same', () => {
    const because = (name: string, ...reasons: string[]): NodeExplanation => ({
      ...node(name, undefined, ['VolumeBinding', 'VolumeZone']),
      reasons,
    })
    const nodes = [
      because('node-a', 'no claim', 'no claim'),
      because('node-b', 'no disk', 'other zone'),
      because('node-c', 'no claim', 'no claim'),
    ]
    const told = placementTable({ ...explanation, constraints: [], warnings: [], nodes }, { width: 80, wide: false, headers: false })
    expect(`\n${told}`).toMatchInlineSnapshot(`
      "
      node-a      -  VolumeBinding, VolumeZone
      node-c      -  VolumeBinding, VolumeZone
          these 2: no claim
      node-b      -  VolumeBinding, VolumeZone
          no disk; other zone
      "
    `)
  })

  it('is told with every score and sentence when wide', () => {
    const nodes = explanation.nodes.slice(1, 3)
    const wide = placementTable({ ...explanation, constraints: [], warnings: [], nodes }, { width: 80, wide: true, headers: true })
    expect(`\n${wide}`).toMatchInlineSnapshot(`
      "
      Where the replacement of shop/web-7c9f8d6b5-abcde, now on node-a-1, would go: 1
      of 2 nodes would take it.

      NODE      TOTAL  TAINTTOLERATION  NODEAFFINITY  PODTOPOLOGYSPREAD  INTERPODAFFINITY  NODERESOURCESFIT  NODERESOURCESBALANCEDALLOCATION  IMAGELOCALITY  REFUSED BY
      node-c-1    512                0             1                  2                 3                 4                                5              6
      node-b-1      -                -             -                  -                 -                 -                                -              -  TaintToleration says no; PodTopologySpread says no
      "
    `)
  })

  it('is told with what keeps a pod off every node though no filter does', () => {
    const nodes = [{ ...node('node-a-1', undefined), reasons: ['held back by the scheduling gate quota'] }]
    const text = placementTable({ ...explanation, constraints: [], warnings: [], nodes }, { width: 80, wide: false, headers: true })
    expect(text).toContain('node-a-1      -  held back by the scheduling gate quota\n')
  })

  it('is told without the counts of hundreds of hosts', () => {
    const counts = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`node-${index}`, index % 4]))
    const constraints = explanation.constraints.map(constraint => ({ ...constraint, counts }))
    const text = placementTable({ ...explanation, constraints }, { width: 80, wide: false, headers: true })
    expect(text).toContain('hostname  soft        3        0  0-3 in 300 domains\n')
  })

  it('is told to programs as it is, with kind and version', () => {
    expect(placementReport(explanation)).toEqual({ apiVersion: 'respread.io/v1alpha1', kind: 'PlacementExplanation', ...explanation })
  })
})
