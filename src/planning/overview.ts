import type { Delta } from '../cluster/cluster-state.ts'
import { createKeysInUse } from './keys-in-use.ts'
import { hasSameStanding } from './node-standing.ts'
import { noticesOf, unknowns } from './notices.ts'
import { outages, type Outage } from './outages.ts'
import type { World } from './plan.ts'
import type { Policy } from './policy.ts'
import type { Veto } from './reasons.ts'

/** What is true of the whole cluster: worked out anew only when nodes, topology keys in use, or volumes that tell of lost domains have changed. */
export interface Overview {
  note(delta: Delta): void
  down(): readonly Outage[]
  notices(): readonly Veto[]
}

export function createOverview(world: World, policy: Policy): Overview {
  const { cluster } = world
  let down: readonly Outage[] | undefined
  let notices: readonly Veto[] | undefined
  const inUse = createKeysInUse(cluster, policy)
  const forget = (): void => {
    down = notices = undefined
  }

  const downNow = (): readonly Outage[] => (down ??= outages(cluster, policy, inUse.keys()))

  return {
    note(delta) {
      const { kind, before, after } = delta
      // A key that comes into use can have domains that are down already.
      if (inUse.note(delta)) forget()
      if (kind === 'PersistentVolume') notices = undefined
      if (kind === 'Pod') {
        const [was, is] = [before, after].map(record => (record?.kind === 'Pod' ? record : undefined))
        // What is still listed on a node that is gone tells of the domain that it was in.
        if ([was, is].some(pod => pod?.nodeName !== undefined && cluster.node(pod.nodeName) === undefined)) notices = undefined
      }
      if (kind !== 'Node') return
      const isSame = before?.kind === 'Node' && after?.kind === 'Node' && before.ready === after.ready && hasSameStanding(before, after)
      if (!isSame) forget()
    },
    down: downNow,
    notices: () => [...unknowns(cluster), ...(notices ??= noticesOf(world, policy, downNow()))],
  }
}
