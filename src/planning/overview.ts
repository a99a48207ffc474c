import type { ClusterReader, Delta } from '../cluster/cluster-state.ts'
import { hasSameStanding } from './node-standing.ts'
import { noticesOf } from './notices.ts'
import { outages, type Outage } from './outages.ts'
import type { Policy } from './policy.ts'
import type { Veto } from './reasons.ts'

/** What is true of the whole cluster: worked out anew only when nodes, or volumes that tell of lost ones, have changed. */
export interface Overview {
  note(delta: Delta): void
  down(): readonly Outage[]
  notices(): readonly Veto[]
}

export function createOverview(cluster: ClusterReader, policy: Policy): Overview {
  let down: readonly Outage[] | undefined
  let notices: readonly Veto[] | undefined
  const downNow = (): readonly Outage[] => (down ??= outages(cluster, policy))
  return {
    note({ kind, before, after }) {
      if (kind === 'PersistentVolume') notices = undefined
      if (kind !== 'Node') return
      const isSame = before?.kind === 'Node' && after?.kind === 'Node' && before.ready === after.ready && hasSameStanding(before, after)
      if (!isSame) down = notices = undefined
    },
    down: downNow,
    notices: () => (notices ??= noticesOf(cluster, policy, downNow())),
  }
}
