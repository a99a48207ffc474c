import { expect, it } from 'vitest'
import { makeNode, makePod } from '../../test/support/builders.ts'
import { PLAIN_SPEC } from '../../test/support/records.ts'
import { AT_REST } from '../../test/support/spread-world.ts'
import { createClusterState } from '../cluster/cluster-state.ts'
import type { ClusterEvent } from '../cluster/cluster-state.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import { createSchedulerModel } from '../scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../scheduling/profile.ts'
import { createOverview } from './overview.ts'
import { DEFAULT_POLICY } from './policy.ts'

const RACK = 'example.com/rack'
const ZONE = 'topology.kubernetes.io/zone'

function following(...records: readonly ClusterRecord[]) {
  const state = createClusterState()
  for (const kind of ['PodDisruptionBudget', 'ReplicaSet'] as const) state.markKnown(kind)
  for (const record of records) state.apply({ type: 'upsert', record })
  const model = createSchedulerModel(state, DEFAULT_PROFILES)
  const overview = createOverview({ cluster: state, model }, DEFAULT_POLICY)
  return {
    state,
    down: () => overview.down().map(({ topologyKey, domain }) => `${topologyKey}=${domain}`),
    reasons: () => overview.notices().map(({ reason }) => reason),
    follow: (event: ClusterEvent): void => {
      const delta = state.apply(event)
      if (delta === undefined) return
      model.advance(delta)
      overview.note(delta)
    },
  }
}

const nodes = ['r1', 'r1', 'r2'].map((rack, index) =>
  makeNode(`node-${index}`, { zone: 'a', labels: { [ZONE]: 'a', [RACK]: rack }, ready: rack === 'r2' ? 'False' : 'True' }),
)
const overRacks = makePod('web-0', {
  nodeName: 'node-0',
  spec: {
    ...PLAIN_SPEC,
    topologySpreadConstraints: [
      {
        topologyKey: RACK,
        whenUnsatisfiable: 'DoNotSchedule',
        maxSkew: 1,
        minDomains: undefined,
        selector: { kind: 'requirements', requirements: [] },
        matchLabelKeys: [],
        nodeAffinityPolicy: 'Honor',
        nodeTaintsPolicy: 'Ignore',
      },
    ],
  },
})

it('a domain that is down is one as soon as some pod is spread over its key, and as long', () => {
  const { down, follow } = following(...nodes)
  expect(down()).toEqual([])

  follow({ type: 'upsert', record: overRacks })
  expect(down()).toEqual([`${RACK}=r2`])

  follow({ type: 'upsert', record: { ...overRacks, ready: false, readySince: AT_REST.now } })
  expect(down()).toEqual([`${RACK}=r2`])

  follow({ type: 'delete', kind: 'Pod', key: 'shop/web-0' })
  expect(down()).toEqual([])
})

it('a domain without nodes is told of as long as pods that ran there are listed', () => {
  const stranded = makePod('db-0', { nodeName: 'node-gone', labels: { [ZONE]: 'b' } })
  const { reasons, follow } = following(...nodes, stranded)
  expect(reasons()).toContain('DomainHasNoNodes')

  follow({ type: 'delete', kind: 'Pod', key: 'shop/db-0' })
  expect(reasons()).not.toContain('DomainHasNoNodes')
})

it('budgets that are no longer shown are told of at once', () => {
  const { state, reasons } = following(...nodes)
  expect(reasons()).not.toContain('BudgetsUnknown')

  state.markUnknown('PodDisruptionBudget')
  expect(reasons()).toContain('BudgetsUnknown')
})
