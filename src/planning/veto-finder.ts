import type { BudgetRecord } from '../cluster/budget.ts'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import { namesCopiedLabel } from '../cluster/copied-labels.ts'
import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { neverAllows } from '../scheduling/budget-arithmetic.ts'
import { areMadeAlike } from '../scheduling/made-alike.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import type { Group } from './groups.ts'
import type { World } from './plan.ts'
import type { Policy } from './policy.ts'
import type { Veto } from './reasons.ts'
import type { Situation } from './situation.ts'
import type { SpreadState } from './spread-state.ts'
import { vetoOf } from './vetoes.ts'
import type { OwnersFinder } from './workloads.ts'

/** Why a pod must not be evicted; undefined when it may. */
export type VetoOn = (pod: PodRecord) => Veto | undefined

/** The same for the members of a group, in step with them. */
export type GroupVetoes = (state: Pick<SpreadState, 'group'>) => readonly (Veto | undefined)[]

/** Asked once a group, for the search and for its report. */
export function createGroupVetoes(vetoOn: VetoOn): GroupVetoes {
  const known = new Map<Group, readonly (Veto | undefined)[]>()
  return ({ group }) => memo(known, group, () => group.members.map(vetoOn))
}

/** Asked for the pods of violated groups alone: most pods of a large cluster are in none. */
export function createVetoes(
  { cluster, model }: World,
  ownersOf: OwnersFinder,
  policy: Policy,
  situation: Situation,
  leaving: readonly PodRecord[],
): VetoOn {
  const evicted = new Set(situation.inFlight.map(({ uid }) => uid))
  const isLeaving = new Set(leaving)
  const oldEnough = situation.now - policy.minimumPodAge
  const general = {
    cluster,
    policy,
    now: situation.now,
    evicted,
    unreadBudgetIn: once((namespace: string) => unreadBudgetIn(cluster, namespace)),
    unpredictable: (pod: PodRecord) => whyUnpredictable(pod, model),
    neverAllows: once((budget: BudgetRecord) => neverAllows(cluster, budget)),
  }
  /** A user may select by what the API server copies from nodes, be it that nobody in the cluster does. */
  const readsCopied = namesCopiedLabel(policy.podSelector)
  const isLike = (one: PodRecord, other: PodRecord): boolean =>
    isVetoedAlike(cluster, one, other) && (!readsCopied || one.labels === other.labels)
  const refused = new Map(situation.refused.map(({ uid, reason, message }) => [uid, { reason, message }]))
  const answerFor = (pod: PodRecord): Answer => ({ pod, veto: vetoOf(pod, { ...general, owners: ownersOf(pod) }) })
  /** Of pods that were like none asked about before. */
  const known = new Map<PodRecord, Answer>()
  /** By controller: the one about a pod old enough that was given last. */
  const asked = new Map<string, Answer>()
  /** Whoever asks goes through one group after the other, where most pods are like the one before. */
  let latest: Answer | undefined

  const standing: VetoOn = pod => {
    if (pod.controller === undefined || pod.createdAt > oldEnough) return memo(known, pod, () => answerFor(pod)).veto
    if (latest !== undefined && isLike(pod, latest.pod)) return latest.veto
    const sibling = asked.get(pod.controller.uid)
    latest = sibling !== undefined && isLike(pod, sibling.pod) ? sibling : memo(known, pod, () => answerFor(pod))
    asked.set(pod.controller.uid, latest)
    return latest.veto
  }
  // What is true of a pod by itself, whatever others like it may; what passes comes last here too.
  // Every pod of every violated group is asked about, and mostly there are none of these.
  const isAnyRefused = refused.size > 0
  return pod =>
    isLeaving.size > 0 && isLeaving.has(pod) ? EVICTED_ALREADY : (standing(pod) ?? (isAnyRefused ? refused.get(pod.uid) : undefined))
}

/** Asks once for each key, though the answer be undefined. */
function once<K, V>(ask: (key: K) => V): (key: K) => V {
  const known = new Map<K, { readonly answer: V }>()
  return key => memo(known, key, () => ({ answer: ask(key) })).answer
}

function whyUnpredictable(pod: PodRecord, model: SchedulerModel): string | undefined {
  const answer = model.replacementOf(pod)
  return answer.kind === 'unknown' ? answer.problem : model.unpredictable(answer.pod)
}

function unreadBudgetIn(cluster: ClusterReader, namespace: string): BudgetRecord | undefined {
  for (const budget of cluster.budgetsIn(namespace)) if (budget.problems.length > 0) return budget
  return undefined
}

interface Answer {
  readonly pod: PodRecord
  readonly veto: Veto | undefined
}

const EVICTED_ALREADY: Veto = { reason: 'Terminating', message: 'it is evicted already' }

/** Whether pods that are both old enough differ in nothing that a veto reads. */
function isVetoedAlike(cluster: ClusterReader, one: PodRecord, other: PodRecord): boolean {
  return (
    areMadeAlike(cluster, one, other) &&
    // These have an order.
    one.controller?.kind !== 'StatefulSet' &&
    one.namespace === other.namespace &&
    one.phase === other.phase &&
    one.ready === other.ready &&
    one.deletedAt === other.deletedAt &&
    (one.annotations === other.annotations || (one.annotations.size === 0 && other.annotations.size === 0))
  )
}
