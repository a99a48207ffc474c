/**
 * Every reason that respread gives for leaving a pod, a group or the cluster alone. `final` ones need a person or a change of the objects;
 * `waiting` ones pass with time or an event. The same word stands in report, event, metric and log; README's table is made from this one.
 */
export const REASONS = {
  // Groups that are as they should be.
  WithinMaxSkew: { kind: 'final', meaning: 'The skew is at most maxSkew.' },
  OneDomain: { kind: 'final', meaning: 'The pods can only run in one domain, so there is nothing to spread over.' },
  NoDomains: { kind: 'final', meaning: 'No node that counts for the pods carries the topology key.' },
  SelectorMissesOwnPods: {
    kind: 'final',
    meaning: 'The selector does not match the pods that carry the constraint: moving them changes no count.',
  },
  SelectorCountsNothing: { kind: 'final', meaning: 'The selector is null, empty or not valid: kube-scheduler counts no pod for it.' },

  // Constraints that are reported and not acted on.
  HardNotEnabled: { kind: 'final', meaning: 'Acting on DoNotSchedule constraints is switched off.' },
  SoftNotEnabled: { kind: 'final', meaning: 'Acting on ScheduleAnyway constraints is switched off.' },
  ClusterDefaultsNotEnabled: { kind: 'final', meaning: 'Acting on cluster default constraints is not switched on.' },
  AntiAffinityNotEnabled: { kind: 'final', meaning: 'Reading soft anti-affinity as a spread constraint is not switched on.' },
  TopologyKeyNotEnabled: { kind: 'final', meaning: 'The configuration names the topology keys to act on, and this is none of them.' },

  // Pods that must not be evicted.
  NamespaceExcluded: { kind: 'final', meaning: 'The configuration leaves the namespace alone, by its name or by its labels.' },
  PodNotSelected: { kind: 'final', meaning: 'The configuration selects pods by labels, and the pod has others.' },
  NoController: { kind: 'final', meaning: 'Nothing would create a replacement.' },
  MirrorPod: { kind: 'final', meaning: 'A static pod belongs to its node.' },
  DaemonSetPod: { kind: 'final', meaning: 'A DaemonSet pod belongs to its node.' },
  JobPod: { kind: 'final', meaning: 'Evicting a Job pod loses its work.' },
  OwnerKindNotAllowed: { kind: 'final', meaning: 'Pods of this owner kind are not moved unless the configuration names it.' },
  OwnersUnknown: { kind: 'final', meaning: 'The owners of pods could not be read, so rollouts cannot be told.' },
  BudgetsUnknown: { kind: 'final', meaning: 'Disruption budgets could not be read, so nothing may be evicted.' },
  SystemCritical: { kind: 'final', meaning: 'The priority is at or above the threshold of the configuration.' },
  LocalStorage: { kind: 'final', meaning: 'Evicting the pod would lose data on its node.' },
  StorageClassProtected: { kind: 'final', meaning: 'The pod has a volume of a storage class that the configuration protects.' },
  SingleReplica: { kind: 'final', meaning: 'The workload has fewer replicas than the configured minimum.' },
  OptedOut: { kind: 'final', meaning: 'respread.io/evict is "false" on the pod, its workload or its namespace.' },
  NotOptedIn: {
    kind: 'final',
    meaning: 'The configuration moves only what opts in, and respread.io/evict is not "true" on the pod, its workload or its namespace.',
  },
  DoNotDisrupt: { kind: 'final', meaning: 'karpenter.sh/do-not-disrupt is set on the pod.' },
  NotSafeToEvict: { kind: 'final', meaning: 'cluster-autoscaler.kubernetes.io/safe-to-evict is "false" on the pod.' },
  PrefersNoEviction: { kind: 'final', meaning: 'descheduler.alpha.kubernetes.io/prefer-no-eviction is set on the pod.' },
  OnDeleteUpdates: { kind: 'final', meaning: 'The StatefulSet updates on delete: an eviction would be a rollout step.' },
  Partitioned: { kind: 'final', meaning: 'The StatefulSet holds back its update by a partition: an eviction may be a rollout step.' },
  CannotPredict: { kind: 'final', meaning: 'Where the replacement would land cannot be predicted.' },
  SeveralBudgets: { kind: 'final', meaning: 'More than one budget covers the pod: the Eviction API refuses it for ever.' },
  BudgetNeverAllows: { kind: 'final', meaning: 'The budget can never allow an eviction.' },
  BudgetExhausted: { kind: 'waiting', meaning: 'The budget allows no disruption now.' },
  BudgetLagging: { kind: 'waiting', meaning: 'The controller of the budget has not caught up with the budget or with evictions.' },
  BudgetForbids: { kind: 'final', meaning: 'The budget does not cover an eviction of this pod.' },
  RefusedByWebhook: {
    kind: 'waiting',
    meaning: 'Admission, such as a webhook, refused the eviction, or could not be asked; its workload rests, the pod ever longer.',
  },
  EvictionInvalid: {
    kind: 'waiting',
    meaning: 'The API server found the request wrong; its workload rests, the pod ever longer.',
  },
  Terminating: { kind: 'waiting', meaning: 'The pod is being deleted already.' },
  Pending: {
    kind: 'waiting',
    meaning: 'The pod has not started yet; of a group: pods that it counts are about to be placed, or have lost their nodes.',
  },
  TooYoung: { kind: 'waiting', meaning: 'The pod is younger than the configured minimum age.' },
  OrdinalNotReady: { kind: 'waiting', meaning: 'A StatefulSet makes its pods in order, and one of a lower ordinal is not Ready.' },
  RollingOut: { kind: 'waiting', meaning: 'The workload is in the middle of a rollout.' },

  // Landings.
  NoLanding: { kind: 'final', meaning: 'No node would take the replacement.' },
  NoRoom: { kind: 'waiting', meaning: 'The domains that need pods have no room for the replacement.' },
  VolumePinned: { kind: 'final', meaning: 'A volume ties the pod to its domain.' },
  WouldNotHelp: { kind: 'final', meaning: 'Wherever the replacement may land, the skew would stay.' },
  LandingOpen: { kind: 'final', meaning: 'The replacement may land where it does not help.' },
  CordonedDomain: {
    kind: 'waiting',
    meaning: 'The domain that needs pods counts but all its nodes are cordoned, so a replacement would stay Pending.',
  },
  WouldWorsenOther: { kind: 'final', meaning: 'The move would raise the excess of another constraint.' },
  CountedOnly: {
    kind: 'final',
    meaning: 'The selector counts pods that do not carry the constraint: they have their share in the skew, and it is not theirs to mend.',
  },
  BelowMinDomains: { kind: 'final', meaning: 'There are fewer domains than minDomains, which caps every domain at maxSkew.' },

  // Pods that may stay.
  NotNeeded: { kind: 'final', meaning: 'The spread can be restored without moving the pod.' },
  NotCounted: {
    kind: 'final',
    meaning: 'The pod is in no group: it has finished, its node is no more, or it carries no spread constraint.',
  },

  // Holds.
  DomainOutage: { kind: 'waiting', meaning: 'A domain that the group touches is under outage.' },
  DrainInProgress: { kind: 'waiting', meaning: 'A node that the group may use is being drained: it is cordoned, and pods leave it.' },
  DomainSettling: { kind: 'waiting', meaning: 'The domain that needs pods came back a moment ago and must hold still first.' },
  CoolingDown: { kind: 'waiting', meaning: 'The workload was moved a moment ago.' },
  Quarantined: { kind: 'waiting', meaning: 'Landings of the workload did not help; it is left alone for a while.' },
  Paused: {
    kind: 'waiting',
    meaning: 'A person paused it: respread.io/paused on the workload or its namespace, or paused in the configuration.',
  },
  ScaledRecently: { kind: 'waiting', meaning: 'The scale of the workload changed a moment ago, or may be changing.' },
  ReplacementPending: { kind: 'waiting', meaning: 'A replacement of the workload has not become Ready yet.' },

  // The whole cluster.
  DomainHasNoNodes: { kind: 'waiting', meaning: 'A domain that should exist has no nodes.' },
  NotYetPlanned: { kind: 'waiting', meaning: 'Groups that are worse off come first; which pods are to be moved is not worked out yet.' },
  OutsideWindow: { kind: 'waiting', meaning: 'No maintenance window of the configuration is open.' },
  MovesPlanned: { kind: 'waiting', meaning: 'Evictions are planned.' },
} as const satisfies Record<string, { readonly kind: 'final' | 'waiting'; readonly meaning: string }>

export type Reason = keyof typeof REASONS

/** A named reason why a pod, group or cluster is left alone, with one sentence about this case. */
export interface Veto {
  readonly reason: Reason
  readonly message: string
}

/** Whether time or an event may lift the veto, or only a person or a change of the objects. */
export function isFinal(veto: Veto): boolean {
  return REASONS[veto.reason].kind === 'final'
}
