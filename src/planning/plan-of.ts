import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { GroupIndex } from './group-index.ts'
import type { Plan, PlanSummary } from './plan-types.ts'
import { summaryOf } from './summary.ts'

/** Summary and what is left alone are made when looked at, which the loop does not; that keeps nothing else alive of how the plan was made. */
export function planOf(
  cluster: ClusterReader,
  index: Pick<GroupIndex, 'familyOf'>,
  made: Omit<Plan, 'summary' | 'leftAlone'>,
  leftAlone: () => Plan['leftAlone'],
): Plan {
  const size = { nodes: cluster.count('Node'), pods: cluster.count('Pod') }
  let summary: PlanSummary | undefined
  return {
    get summary() {
      return (summary ??= summaryOf(size, made.groups, made.evictions, group => index.familyOf(group)))
    },
    get leftAlone() {
      return leftAlone()
    },
    ...made,
  }
}
