import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ClusterReader } from '../../src/cluster/cluster-state.ts'
import { readSnapshot } from '../../src/cluster/snapshot.ts'
import { plan } from '../../src/planning/plan.ts'
import { DEFAULT_POLICY, type Policy } from '../../src/planning/policy.ts'
import { ownersOf } from '../../src/planning/workloads.ts'
import { reportTable } from '../../src/reporting/report-table.ts'
import { workloadExplanation } from '../../src/reporting/workload-explanation.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'
import { createEmbeddedCluster } from '../../src/simulation/embedded-cluster.ts'
import { threeZones } from '../../src/simulation/scenarios/three-zones.ts'
import { createVirtualClock } from '../../src/simulation/virtual-clock.ts'
import { AT_REST, stateOf } from '../support/spread-world.ts'
import { RECORDED } from './recorded-clusters.ts'

// The plans are to be read: does each line tell an engineer at three in the morning what is, what will be, and why not more?
// `npx vitest run test/planning/recorded-plans.test.ts -u` renews them.

const FIXTURES = join(import.meta.dirname, '../fixtures')
const WIDTH = 80
const MINUTE = 60_000

interface Recorded {
  readonly story: string
  readonly cluster: ClusterReader
  readonly now: number
  readonly policy?: Partial<Policy>
  /** As NAMESPACE/KIND/NAME. */
  readonly explain: readonly string[]
}

function record({ story, cluster, now, policy = {}, explain }: Recorded): string {
  const model = createSchedulerModel(cluster, DEFAULT_PROFILES)
  const result = plan({ cluster, model }, { ...DEFAULT_POLICY, ...policy }, { ...AT_REST, now })
  const explanations = explain.map(what => {
    const [namespace = '', kind = '', name = ''] = what.split('/')
    const pods = [...cluster.podsIn(namespace)].filter(pod => {
      const owner = ownersOf(cluster, pod).name
      return owner.kind === kind && owner.name === name
    })
    return `\n$ respread explain ${what}\n${workloadExplanation(result, { namespace, workload: { kind, name }, pods }, { width: WIDTH, headers: true })}`
  })
  const table = reportTable(result, { width: WIDTH, wide: false, headers: true, limit: Infinity })
  return [`${story}\n\n$ respread report\n${table}`, ...explanations].join('')
}

/** The cluster of the demo, one minute after its zone c is back. */
function demoCluster(): { readonly cluster: ClusterReader; readonly now: number } {
  const clock = createVirtualClock(AT_REST.now)
  const cluster = createEmbeddedCluster({ clock, seed: 1 })
  cluster.apply(...threeZones())
  cluster.start()
  clock.advance(2 * MINUTE)
  cluster.failZone('zone-c')
  clock.advance(12 * MINUTE)
  cluster.recoverZone('zone-c')
  clock.advance(2 * MINUTE)
  return { cluster: cluster.state, now: clock.now() }
}

const planned = (name: string): string => join(FIXTURES, `plans/${name}.txt`)
const tooLong = (text: string): readonly string[] => text.split('\n').filter(line => line.length > WIDTH)

describe('the plan on record', () => {
  it.each(Object.entries(RECORDED))('of a small cluster: %s', async (name, { story, objects, policy = {}, explain }) => {
    const cluster = stateOf(objects)
    const text = record({ story, cluster, now: AT_REST.now, policy, explain: explain.map(what => `shop/${what}`) })
    expect(tooLong(text.slice(story.length))).toEqual([])
    await expect(text).toMatchFileSnapshot(planned(name))
  })

  it.each([
    [
      'az-c-recovered',
      'A real cluster, 20 s after zone c came back.',
      ['shop/Deployment/web', 'platform/Job/batch', 'shop/Deployment/twice'],
    ],
    ['az-c-down', 'A real cluster, 50 s after zone c was lost.', ['shop/Deployment/ledger']],
  ])('of a real cluster: %s', async (name, story, explain) => {
    const { state } = await readSnapshot(join(FIXTURES, `real-cluster/${name}.json.gz`))
    const text = record({ story, cluster: state, now: Date.parse('2026-11-21T12:00:00Z'), explain })
    expect(tooLong(text)).toEqual([])
    await expect(text).toMatchFileSnapshot(planned(name))
  })

  it("of the demo's cluster", async () => {
    const explain = ['shop/Deployment/web', 'shop/Deployment/cart', 'shop/StatefulSet/db']
    const text = record({ story: "The demo's cluster, two minutes after its zone c is back.", ...demoCluster(), explain })
    expect(tooLong(text)).toEqual([])
    await expect(text).toMatchFileSnapshot(planned('demo'))
  })
})
