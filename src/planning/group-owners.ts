import { ANNOTATIONS } from '../cluster/annotations.ts'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import { compareText } from '../cluster/compare-text.ts'
import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { WorkloadName } from './plan-types.ts'
import type { Veto } from './reasons.ts'
import { ownersOf, type Owners } from './workloads.ts'

/** Who owns the members of a group that share a controller, and how many there are. */
export interface Owned {
  /** Of the controller; of a pod without one, its own. */
  readonly uid: string
  readonly owners: Owners
  pods: number
}

/** The members of a group by controller, in the order in which they are met. */
export function ownedIn(members: readonly PodRecord[], cluster: ClusterReader): readonly Owned[] {
  const known = new Map<string, Owned>()
  let latest: Owned | undefined
  for (const pod of members) {
    const uid = pod.controller?.uid ?? pod.uid
    if (latest?.uid !== uid) latest = memo(known, uid, () => ({ uid, owners: ownersOf(cluster, pod), pods: 0 }))
    latest.pods += 1
  }
  return [...known.values()]
}

/** By number of members, most first. */
export function workloadsOf(owned: readonly Owned[]): readonly WorkloadName[] {
  const tally = new Map<string, { readonly name: WorkloadName; pods: number }>()
  for (const { owners, pods } of owned) {
    const { name } = owners
    memo(tally, `${name.kind}/${name.name}`, () => ({ name, pods: 0 })).pods += pods
  }
  return [...tally.values()].sort((a, b) => b.pods - a.pods || compareText(a.name.name, b.name.name)).map(({ name }) => name)
}

/** Uids of all that owns the members, from their controllers upwards. */
export function ownerUidsOf(owned: readonly Owned[]): ReadonlySet<string> {
  const uids = new Set<string>()
  for (const { uid, owners } of owned) {
    const { controller, top } = owners
    for (const owner of [uid, controller?.controller?.uid, top?.uid, top?.controller?.uid]) if (owner !== undefined) uids.add(owner)
  }
  return uids
}

/** `respread.io/paused` with any value but "false", on the namespace or on a workload that the group has members of. */
export function pauseOf(namespace: string, owned: readonly Owned[], cluster: ClusterReader): Veto | undefined {
  const ofNamespace = cluster.get('Namespace', namespace)
  const ofOwners = owned.flatMap(({ owners: { top, controller } }) => [top, controller])
  for (const record of [ofNamespace, ...ofOwners]) {
    const value = record?.annotations.get(ANNOTATIONS.paused) ?? 'false'
    if (record === undefined || value === 'false') continue
    const where = record.kind === 'Namespace' ? `namespace ${namespace}` : `${record.kind} ${record.name}`
    return { reason: 'Paused', message: `${ANNOTATIONS.paused} is "${value}" on ${where}` }
  }
  return undefined
}
