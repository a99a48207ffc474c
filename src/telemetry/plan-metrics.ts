import type { GroupStatus, Plan } from '../planning/plan-types.ts'
import type { MetricRegistry } from './metric-registry.ts'
import { createRefusals } from './refusals.ts'
import { worstGroups } from './worst-groups.ts'

const STATUSES: readonly GroupStatus[] = ['Violated', 'Held', 'Blocked', 'Balanced']

/** What plans say. Returns what to tell each of them to, with the seconds that making it took. */
export function definePlanMetrics(registry: MetricRegistry, violatedGroupSeries: number): (plan: Plan, seconds: number) => void {
  const planSeconds = registry.histogram(
    'plan_seconds',
    'Time that making a plan took.',
    [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  )
  const plannedEvictions = registry.gauge('planned_evictions', 'Evictions of the latest plan.')
  const groups = registry.gauge('groups', 'Groups by status.', ['status'])
  const excess = registry.gauge('excess', 'Pods above what maxSkew allows, summed over the groups of a status.', ['status'])
  const refusals = registry.counter('refusals_total', 'Pods of violated groups found to be left alone, once a pod and reason.', ['reason'])
  const leftAlone = registry.gauge('pods_left_alone', 'Pods of violated groups that are left alone at present.', ['reason'])
  const groupExcess = registry.gauge('violated_group_excess', 'Pods above what maxSkew allows, for the worst groups.', [
    'namespace',
    'kind',
    'name',
    'topology_key',
    'when_unsatisfiable',
    'status',
  ])
  const withoutSeries = registry.gauge('violated_groups_without_series', 'Groups beyond the number that get a series of their own.')
  const newRefusals = createRefusals()

  return (plan, seconds) => {
    planSeconds.observe(seconds)
    plannedEvictions.set({}, plan.evictions.length)

    const byStatus = Map.groupBy(plan.groups, group => group.status)
    for (const status of STATUSES) {
      const ofStatus = byStatus.get(status) ?? []
      groups.set({ status }, ofStatus.length)
      if (status !== 'Balanced') excess.set({ status }, sum(ofStatus.map(group => group.excess)))
    }

    for (const reason of newRefusals(plan.leftAlone)) refusals.add({ reason })
    leftAlone.clear()
    for (const { reason } of plan.leftAlone.values()) leftAlone.add({ reason })

    const { shown, beyond } = worstGroups(plan.groups, violatedGroupSeries)
    groupExcess.clear()
    for (const { namespace, workload, topologyKey, whenUnsatisfiable, status, excess } of shown) {
      const { kind, name } = workload
      // Added, not set: groups of one workload may differ in nothing that is a label here.
      groupExcess.add({ namespace, kind, name, topology_key: topologyKey, when_unsatisfiable: whenUnsatisfiable, status }, excess)
    }
    withoutSeries.set({}, beyond)
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
