import { parseArgs } from 'node:util'
import { DEFAULT_POLICY } from '../../src/planning/policy.ts'
import { createPlanningViews } from '../../src/rebalancing/planning-views.ts'
import { DEFAULT_LOOP_SETTINGS } from '../../src/rebalancing/settings.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'
import { makeNamespace } from '../support/builders.ts'
import { dayAfter } from './day-after.ts'

const SITUATION = { now: 3_600_000, domainHolds: [], drains: [], workloadHolds: [], inFlight: [], deferred: [], refused: [] }

/** Prints what samples of the self-check cost, each a turn of the event loop, until every node, pod and group has been compared. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { nodes: { type: 'string', default: '1000,2000,5000' } } })
  console.log('nodes     pods   groups   samples   a round, min   median ms   p99 ms   longest ms   differences')
  for (const nodes of values.nodes.split(',').map(Number)) {
    const state = dayAfter(nodes)
    for (const namespace of new Set(Array.from(state.pods(), pod => pod.namespace)))
      state.apply({ type: 'upsert', record: makeNamespace(namespace) })
    const views = createPlanningViews(state, DEFAULT_PROFILES, DEFAULT_POLICY)
    const { groups } = views.plan(SITUATION, 0)
    const left = { nodes, pods: state.count('Pod'), groups: groups.length }
    const times: number[] = []
    let differences = 0
    while (left.nodes > 0 || left.pods > 0 || left.groups > 0) {
      const from = performance.now()
      const sample = views.compare()
      times.push(performance.now() - from)
      differences += sample.differences.length
      left[sample.of] -= sample.compared
    }
    const sorted = times.toSorted((one, other) => one - other)
    const at = (share: number): string => (sorted[Math.min(sorted.length - 1, Math.trunc(share * sorted.length))] ?? 0).toFixed(2)
    const cells: readonly (readonly [string | number, number])[] = [
      [nodes, 5],
      [state.count('Pod'), 9],
      [groups.length, 9],
      [times.length, 10],
      [((times.length * DEFAULT_LOOP_SETTINGS.selfCheck) / 60_000).toFixed(0), 15],
      [at(0.5), 12],
      [at(0.99), 9],
      [at(1), 13],
      [differences, 14],
    ]
    console.log(cells.map(([cell, width]) => String(cell).padStart(width)).join(''))
  }
}
