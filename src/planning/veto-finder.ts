import type { BudgetRecord } from '../cluster/budget.ts'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { neverAllows } from '../scheduling/budget-arithmetic.ts'
import type { Policy } from './policy.ts'
import type { Veto } from './reasons.ts'
import type { Situation } from './situation.ts'
import { vetoOf } from './vetoes.ts'
import { ownersOf, type Owners } from './workloads.ts'

/** Why a pod must not be evicted; undefined when it may. */
export type VetoOn = (pod: PodRecord) => Veto | undefined

/** Asked for the pods of violated groups alone: most pods of a large cluster are in none. */
export function createVetoes(cluster: ClusterReader, policy: Policy, situation: Situation, leaving: readonly PodRecord[]): VetoOn {
  const evicted = new Set(situation.inFlight.map(({ uid }) => uid))
  const known = new Map<PodRecord, Veto | undefined>(leaving.map(pod => [pod, { reason: 'Terminating', message: 'it is evicted already' }]))
  const oldEnough = situation.now - policy.minimumPodAge
  /** By controller: the pod asked about last, its age aside. */
  const asked = new Map<string, PodRecord>()
  const owners = new Map<string, Owners>()
  const blocked = new Map<BudgetRecord, string | undefined>()
  const neverAllowed = (budget: BudgetRecord): string | undefined => {
    if (!blocked.has(budget)) blocked.set(budget, neverAllows(cluster, budget))
    return blocked.get(budget)
  }
  return pod => {
    if (known.has(pod)) return known.get(pod)
    const sibling = pod.createdAt > oldEnough ? undefined : asked.get(pod.controller?.uid ?? '')
    if (sibling !== undefined && isVetoedAlike(pod, sibling)) {
      const veto = known.get(sibling)
      known.set(pod, veto)
      return veto
    }
    const context = {
      cluster,
      policy,
      now: situation.now,
      owners: ownersFrom(owners, cluster, pod),
      evicted,
      neverAllows: neverAllowed,
    }
    const veto = vetoOf(pod, context)
    known.set(pod, veto)
    if (pod.createdAt <= oldEnough) asked.set(pod.controller?.uid ?? '', pod)
    return veto
  }
}

/** Whether pods that are both old enough differ in nothing that a veto reads. */
function isVetoedAlike(one: PodRecord, other: PodRecord): boolean {
  return (
    one.controller?.uid === other.controller?.uid &&
    one.controller !== undefined &&
    one.namespace === other.namespace &&
    one.spec === other.spec &&
    one.labels === other.labels &&
    one.phase === other.phase &&
    one.ready === other.ready &&
    one.deletedAt === other.deletedAt &&
    (one.annotations === other.annotations || (one.annotations.size === 0 && other.annotations.size === 0)) &&
    one.claims.length === 0 &&
    other.claims.length === 0
  )
}

function ownersFrom(known: Map<string, Owners>, cluster: ClusterReader, pod: PodRecord): Owners {
  const { controller } = pod
  return controller === undefined ? ownersOf(cluster, pod) : memo(known, controller.uid, () => ownersOf(cluster, pod))
}
