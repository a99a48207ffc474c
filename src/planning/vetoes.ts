import type { PodRecord } from '../cluster/pod.ts'
import type { Veto } from './reasons.ts'
import { optedOut, otherToolsOptOut } from './veto-by-annotation.ts'
import { hasProtectedStorageClass, volumesAreUnknown } from './veto-by-storage.ts'
import { budgetNeverAllows, budgetsAreUnknown, severalBudgetsCoverIt } from './veto-by-budget.ts'
import {
  cannotBePredicted,
  cannotBeRead,
  hasTooFewReplicas,
  isPartitioned,
  isRollingOut,
  isBehindUnready,
  isScalingIn,
  isScalingOut,
  mayBeScalingIn,
  ownersAreUnknown,
  updatesOnDelete,
} from './veto-by-owner.ts'
import {
  belongsToItsNode,
  hasLocalStorage,
  hasNoController,
  isJob,
  isMirror,
  isNotSelected,
  isPending,
  isSystemCritical,
  isTerminating,
  isTooYoung,
  ownerKindIsNotAllowed,
  repeatsConstraint,
} from './veto-by-pod.ts'
import { inExcludedNamespace } from './veto-by-namespace.ts'
import type { VetoContext } from './veto-context.ts'

/** May this pod be evicted as far as this one rule is concerned? Undefined: yes. */
export type Predicate = (pod: PodRecord, context: VetoContext) => Veto | undefined

/**
 * The vetoes on one pod, in the order in which they are asked; the first that answers is the pod's reason. What can be read off the pod comes
 * before what needs its owners or budgets, so that the reason shown is the one that a person would have to change first. What passes by itself
 * comes last: nobody should wait for a rollout to end, only to hear then that the pod stays for ever.
 */
const CHAIN: readonly Predicate[] = [
  inExcludedNamespace,
  isNotSelected,
  isMirror, // a static pod, whoever its owner seems to be
  belongsToItsNode,
  isJob,
  hasNoController,
  ownerKindIsNotAllowed,
  isTerminating,
  isPending,
  isSystemCritical,
  optedOut, // pod before workload before namespace
  otherToolsOptOut,
  hasLocalStorage,
  hasProtectedStorageClass,
  cannotBeRead,
  repeatsConstraint,
  ownersAreUnknown, // what is absent is not empty
  volumesAreUnknown,
  hasTooFewReplicas,
  updatesOnDelete,
  isPartitioned,
  budgetsAreUnknown,
  severalBudgetsCoverIt, // the API answers 500 for ever
  budgetNeverAllows,
  isTooYoung,
  isRollingOut,
  cannotBePredicted, // where no rollout changes what comes next
  isBehindUnready, // its replacement would wait, be it for ever
  isScalingIn,
  isScalingOut,
  mayBeScalingIn, // of an owner without a record, which says nothing by itself
]

/** The first veto on the pod, or undefined when it may be moved if a landing helps. */
export function vetoOf(pod: PodRecord, context: VetoContext): Veto | undefined {
  return firstVeto(CHAIN, pod, context)
}

/** The answer of the first rule that has one. */
export function firstVeto(chain: readonly Predicate[], pod: PodRecord, context: VetoContext): Veto | undefined {
  for (const predicate of chain) {
    const veto = predicate(pod, context)
    if (veto !== undefined) return veto
  }
  return undefined
}
