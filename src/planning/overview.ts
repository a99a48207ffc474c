import type { Delta } from '../cluster/cluster-state.ts'
import type { PodSpec } from '../cluster/pod.ts'
import { addTo } from '../scheduling/tallies.ts'
import { hasSameStanding } from './node-standing.ts'
import { noticesOf, unknowns } from './notices.ts'
import { keysOfPolicy, outages, type Outage } from './outages.ts'
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
  /** By topology key: how many pods have a constraint over it; undefined until somebody asks. */
  let uses: Map<string, number> | undefined
  const forget = (): void => {
    down = notices = undefined
  }

  function use(spec: PodSpec, change: 1 | -1): void {
    if (uses === undefined) return
    for (const { topologyKey } of spec.topologySpreadConstraints) {
      const wasUsed = uses.has(topologyKey)
      addTo(uses, topologyKey, change)
      // A key that comes into use can have domains that are down already.
      if (wasUsed !== uses.has(topologyKey)) forget()
    }
  }

  function downNow(): readonly Outage[] {
    if (uses === undefined) {
      uses = new Map()
      for (const { spec } of cluster.pods()) use(spec, 1)
    }
    return (down ??= outages(cluster, policy, new Set([...keysOfPolicy(policy), ...uses.keys()])))
  }

  return {
    note({ kind, before, after }) {
      if (kind === 'PersistentVolume') notices = undefined
      if (kind === 'Pod') {
        const [was, is] = [before, after].map(record => (record?.kind === 'Pod' ? record : undefined))
        // What is still listed on a node that is gone tells of the domain that it was in.
        if ([was, is].some(pod => pod?.nodeName !== undefined && cluster.node(pod.nodeName) === undefined)) notices = undefined
        if (was?.spec === is?.spec) return
        if (is !== undefined) use(is.spec, 1)
        if (was !== undefined) use(was.spec, -1)
      }
      if (kind !== 'Node') return
      const isSame = before?.kind === 'Node' && after?.kind === 'Node' && before.ready === after.ready && hasSameStanding(before, after)
      if (!isSame) forget()
    },
    down: downNow,
    notices: () => [...unknowns(cluster), ...(notices ??= noticesOf(world, policy, downNow()))],
  }
}
