import { GROUP_STATUSES, type GroupPlan, type GroupStatus, type Plan } from '../planning/plan-types.ts'
import type { MetricRegistry } from './metric-registry.ts'
import { createRefusals } from './refusals.ts'
import { worstGroups } from './worst-groups.ts'

/**
 * What plans say. Returns what to tell each of them to, with the seconds that making it took. What shows the latest plan as it is is read off it at
 * each scrape: plans are made more often.
 */
export function definePlanMetrics(registry: MetricRegistry, violatedGroupSeries: number): (plan: Plan, seconds: number) => void {
  let latest: Plan | undefined
  const groupsWith = (status: GroupStatus): readonly GroupPlan[] => latest?.groups.filter(group => group.status === status) ?? []
  const worst = (): ReturnType<typeof worstGroups> => worstGroups(latest?.groups ?? [], violatedGroupSeries)

  const planSeconds = registry.histogram(
    'plan_seconds',
    'Time that making a plan took.',
    [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  )
  registry.scrapedGauge('planned_evictions', 'Evictions of the latest plan.', [], gauge => gauge.set({}, latest?.evictions.length ?? 0))
  registry.scrapedGauge('groups', 'Groups by status.', ['status'], gauge => {
    for (const status of GROUP_STATUSES) gauge.set({ status }, groupsWith(status).length)
  })
  registry.scrapedGauge('excess', 'Pods above what maxSkew allows, summed over the groups of a status.', ['status'], gauge => {
    for (const status of GROUP_STATUSES) {
      if (status !== 'Balanced')
        gauge.set(
          { status },
          groupsWith(status).reduce((sum, { excess }) => sum + excess, 0),
        )
    }
  })
  const refusals = registry.counter('refusals_total', 'Pods of violated groups found to be left alone, once a pod and reason.', ['reason'])
  registry.scrapedGauge('pods_left_alone', 'Pods of violated groups that are left alone at present.', ['reason'], gauge => {
    for (const { reason } of latest?.leftAlone.values() ?? []) gauge.add({ reason })
  })
  const groupLabels = ['namespace', 'kind', 'name', 'topology_key', 'when_unsatisfiable', 'status']
  registry.scrapedGauge('violated_group_excess', 'Pods above what maxSkew allows, for the worst groups.', groupLabels, gauge => {
    for (const { namespace, workload, topologyKey, whenUnsatisfiable, status, excess } of worst().shown) {
      const { kind, name } = workload
      // Added, not set: groups of one workload may differ in nothing that is a label here.
      gauge.add({ namespace, kind, name, topology_key: topologyKey, when_unsatisfiable: whenUnsatisfiable, status }, excess)
    }
  })
  registry.scrapedGauge('violated_groups_without_series', 'Groups beyond the number that get a series of their own.', [], gauge =>
    gauge.set({}, worst().beyond),
  )
  const newRefusals = createRefusals()

  return (plan, seconds) => {
    planSeconds.observe(seconds)
    for (const reason of newRefusals(plan.leftAlone)) refusals.add({ reason })
    latest = plan
  }
}
