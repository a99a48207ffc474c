import type { Stage } from './scenario.ts'

/**
 * The fewest evictions by workload: each counts for all of its groups. Where a group cannot be brought within maxSkew, or others take the room,
 * what brings it as near as can be counts instead.
 */
export function fewestNow({ world }: Stage): number {
  const byWorkload = Map.groupBy(world.planNow().groups, ({ namespace, workload }) => `${namespace}/${workload.kind}/${workload.name}`)
  const fewest = [...byWorkload.values()].map(groups =>
    Math.max(...groups.map(({ status, reachableBound, planned }) => (status === 'Blocked' ? planned : (reachableBound ?? planned)))),
  )
  return fewest.reduce((sum, each) => sum + each, 0)
}
