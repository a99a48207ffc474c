import { describe, expect, it } from 'vitest'
import { clusterOf, makeNode, makePod } from '../../test/support/builders.ts'
import type { ClusterEvent } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { nodeDifferences, standingDifferences } from './check-nodes.ts'
import { createSchedulerModel } from './create-scheduler-model.ts'
import type { Difference } from './difference.ts'
import { CPU, USED } from './node-amounts.ts'
import { DEFAULT_PROFILES } from './profile.ts'
import type { SchedulerModel } from './scheduler-model.ts'

const GPU = 'example.com/gpu'
const charged = { cpu: 500, memory: 64, ephemeralStorage: 8, scalars: new Map([[GPU, 1]]) }
const web = (name: string, fields: Partial<Omit<PodRecord, 'labels' | 'spec'>> = {}): PodRecord =>
  makePod(name, { nodeName: 'node-a', charged, chargedScored: { cpu: 500, memory: 64 }, ...fields })
const upsert = (record: PodRecord | ReturnType<typeof makeNode>): ClusterEvent => ({ type: 'upsert', record })

/** A model of two nodes and three pods that has heard of none of the events. */
function missing(...events: readonly ClusterEvent[]): SchedulerModel {
  const cluster = clusterOf([makeNode('node-a'), makeNode('node-b'), web('web-1'), web('web-2'), web('web-3', { nodeName: 'node-b' })])
  const model = createSchedulerModel(cluster, DEFAULT_PROFILES)
  for (const event of events) cluster.apply(event)
  return model
}

function found(model: SchedulerModel): readonly string[] {
  const differences = [
    ...['node-a', 'node-b', 'node-c'].flatMap(name => nodeDifferences(model, name)),
    ...Array.from(model.cluster.pods()).flatMap(pod => standingDifferences(model, pod)),
  ]
  return differences.map(({ view, about, held, counted }: Difference) => `${view} ${about}: ${held} | ${counted}`)
}

const AMOUNTS_OF_ONE_POD_TOO_MANY = [
  'nodes node-a: cpu 1000 | cpu 500',
  'nodes node-a: memory 128 | memory 64',
  'nodes node-a: ephemeral-storage 16 | ephemeral-storage 8',
  'nodes node-a: pods 2 | pods 1',
  'nodes node-a: scored cpu 1000 | scored cpu 500',
  'nodes node-a: scored memory 128 | scored memory 64',
  `nodes node-a: ${GPU} 2 | ${GPU} 1`,
]

describe('what a model holds of nodes', () => {
  it('does not differ where it has heard of everything', () => {
    expect(found(missing())).toEqual([])
  })

  it.each<[what: string, event: ClusterEvent, differences: readonly string[]]>([
    ['a pod that came', upsert(web('web-4')), ['nodes node-a: without pod shop/web-4 (web-4) | with it']],
    [
      'a pod that is gone',
      { type: 'delete', kind: 'Pod', key: 'shop/web-1' },
      ['nodes node-a: with pod shop/web-1 (web-1) | no such pod', ...AMOUNTS_OF_ONE_POD_TOO_MANY],
    ],
    [
      'a pod that has finished',
      upsert(web('web-1', { phase: 'Succeeded' })),
      ['nodes node-a: with pod shop/web-1 (web-1) | it has finished', ...AMOUNTS_OF_ONE_POD_TOO_MANY],
    ],
    [
      'a pod that stands elsewhere by now',
      upsert(web('web-1', { nodeName: 'node-b', uid: 'another' })),
      [
        'nodes node-a: with pod shop/web-1 (web-1) | it stands on node-b',
        ...AMOUNTS_OF_ONE_POD_TOO_MANY,
        'nodes node-b: without pod shop/web-1 (another) | with it',
      ],
    ],
    [
      'a pod that was resized in place',
      upsert(web('web-1', { charged: { ...charged, cpu: 700 } })),
      [
        'nodes node-a: with pod shop/web-1 (web-1) | with a later version of it (web-1)',
        'nodes node-a: cpu 1000 | cpu 1200',
        'nodes node-a: without pod shop/web-1 (web-1) | with it',
      ],
    ],
    ['a node that came', upsert(makeNode('node-c')), ['nodes node-c: no such node | a node']],
    [
      'a node that is gone with pods on it',
      { type: 'delete', kind: 'Node', key: 'node-b' },
      ['nodes node-b: a node | no such node', 'nodes node-b: a node | no such node'],
    ],
    [
      'a node that was cordoned',
      upsert(makeNode('node-a', { unschedulable: true })),
      ['nodes node-a: an earlier version of the node | the node as it is'],
    ],
  ])('differs where it has missed %s', (_, event, differences) => {
    expect(found(missing(event))).toEqual(differences)
  })

  it('differs where a sum has gone wrong', () => {
    const model = missing()
    const { amounts, at } = model.info('node-b')!
    amounts.values[at + USED + CPU] = 600
    expect(found(model)).toEqual(['nodes node-b: cpu 600 | cpu 500'])
  })
})
