import type { Reason } from '../planning/reasons.ts'

/**
 * Every reason beyond the planner's (planning/reasons.ts) that the loop and the adapters behind its ports give: for evictions that wait and loops
 * that are held (`waiting`), for refusals that need a person (`final`), and for what has happened (`told`). README's table is made from both.
 */
export const LOOP_REASONS = {
  // Evictions of the plan that wait.
  LaterWave: { kind: 'waiting', meaning: 'The eviction comes after those of an earlier wave.' },
  LandingAwaited: { kind: 'waiting', meaning: 'The replacement of an earlier eviction of the workload is not bound to a node yet.' },
  AlreadyRequested: { kind: 'waiting', meaning: 'The eviction was requested, and the watch has not shown the effect yet.' },
  BudgetConflict: { kind: 'waiting', meaning: 'Several writers are changing the budget at once.' },
  WorkloadCap: { kind: 'waiting', meaning: 'As many evictions of the workload are in flight as may be.' },
  NamespaceCap: { kind: 'waiting', meaning: 'As many evictions of the namespace are in flight as may be.' },
  NodeCap: { kind: 'waiting', meaning: 'As many evictions from the node are in flight as may be.' },
  ClusterCap: { kind: 'waiting', meaning: 'As many evictions of the cluster are in flight as may be.' },
  CycleCap: { kind: 'waiting', meaning: 'As many evictions go out in this cycle as may.' },

  // Evictions withdrawn right before the request.
  PodGone: { kind: 'told', meaning: 'The pod was gone before it was evicted.' },
  PodChanged: { kind: 'told', meaning: 'The pod has gone, is terminating or runs elsewhere by now.' },
  NoLongerPlanned: { kind: 'told', meaning: 'The newest plan does without the eviction.' },
  NoLongerLands: { kind: 'told', meaning: 'On the newest state the replacement would not land where it helps.' },
  NoLongerAdmitted: { kind: 'told', meaning: 'On the newest state a budget or a cap refuses the eviction.' },

  // Requests and their answers.
  WouldEvict: { kind: 'told', meaning: 'A dry run would evict the pod.' },
  Evicting: { kind: 'told', meaning: 'The eviction is requested.' },
  Evicted: { kind: 'told', meaning: 'The Eviction API has accepted the eviction.' },
  PodReplaced: { kind: 'told', meaning: 'Another pod has taken the name; the uid kept it safe.' },
  Throttled: { kind: 'waiting', meaning: 'The API server is busy; every request slows down.' },
  EvictionForbidden: {
    kind: 'waiting',
    meaning: 'The permission to evict is missing: nothing more is evicted before a cool-down is over.',
  },
  AnswerLost: { kind: 'told', meaning: 'No answer came, or one that does not tell whether the pod was evicted.' },
  EvictionTookEffect: { kind: 'told', meaning: 'The request whose answer was lost has evicted the pod after all.' },
  EvictionWasLost: { kind: 'told', meaning: 'The request whose answer was lost has not evicted the pod.' },

  // Deletion costs on pods that the next scale-in should take.
  DeletionCostSet: { kind: 'told', meaning: 'The next scale-in takes the pod first, because its domain has too many.' },
  DeletionCostTakenBack: { kind: 'told', meaning: 'The pod is surplus no more, or nobody is there any more to say so.' },
  DeletionCostForeign: { kind: 'final', meaning: 'The pod is surplus, but somebody else has set its deletion cost.' },
  DeletionCostNotWritten: { kind: 'told', meaning: 'The deletion cost could not be written now and is tried again.' },
  DeletionCostRefused: { kind: 'waiting', meaning: 'The API server or a webhook refused the deletion cost; the pod rests for a while.' },
  DeletionCostForbidden: { kind: 'final', meaning: 'The permission to patch pods is missing: no deletion cost is written or taken back.' },
  WouldSetDeletionCost: { kind: 'told', meaning: 'Without dry run the pod would get a deletion cost.' },

  // Landings.
  Landed: { kind: 'told', meaning: 'The replacement landed where it helps.' },
  LandingMissed: { kind: 'told', meaning: 'The replacement landed where it does not help.' },
  ReplacementReady: { kind: 'told', meaning: 'The replacement is Ready.' },
  ReplacementOverdue: { kind: 'told', meaning: 'The replacement was not Ready in time; nothing more of its workload is evicted.' },
  NotReplaced: { kind: 'told', meaning: 'The controller no longer wants a replacement.' },
  MovedBack: { kind: 'told', meaning: 'Somebody has taken a moved pod away from where it was moved to.' },
  QuarantineLifted: { kind: 'told', meaning: 'The spec or the nodes of a quarantined group have changed: it may be moved again.' },
  GroupQuarantined: { kind: 'told', meaning: 'Landings of a group did not help: it is left alone for a while.' },

  // The whole loop.
  Acting: { kind: 'told', meaning: 'Nothing holds the loop any more.' },
  CachesNotSynced: { kind: 'waiting', meaning: 'A list is not complete yet.' },
  ViewStale: { kind: 'waiting', meaning: 'The API server has not confirmed a cache for too long.' },
  NotLeader: { kind: 'waiting', meaning: 'This process does not hold the lease.' },
  Ending: { kind: 'waiting', meaning: 'The run is about to end.' },
  TooManyMisses: {
    kind: 'final',
    meaning: 'Three landings in ten minutes did not help: nothing more is evicted until a person or a new start lifts it.',
  },
  StopLifted: { kind: 'told', meaning: 'A person, or a new start of respread, has lifted a stop.' },
  HistoryUnreadable: { kind: 'waiting', meaning: 'What was in flight before the start could not be read.' },
  HistoryNotStored: { kind: 'waiting', meaning: 'The history could not be stored, so no request may go out.' },
  HistorySetAside: { kind: 'told', meaning: 'The history of another version or a broken one was set aside.' },

  // Episodes.
  EpisodeBegan: { kind: 'told', meaning: 'Groups are over maxSkew without an outage or a drain that is known.' },
  EpisodeDone: { kind: 'told', meaning: 'Everything is balanced again, as far as it can be.' },
  DrainBegan: { kind: 'told', meaning: 'Pods leave a cordoned node.' },
  DrainEnded: { kind: 'told', meaning: 'The node is uncordoned, or no pod has left it for one hold-down.' },
  OutageBegan: { kind: 'told', meaning: 'The nodes of a domain are down.' },
  OutageEnded: { kind: 'told', meaning: 'The nodes of a domain are back.' },

  // The connection to the API server.
  LeaseHeld: { kind: 'told', meaning: 'This process holds the lease.' },
  LeaseLost: { kind: 'told', meaning: 'Another process has taken the lease.' },
  LeaseNotRenewed: { kind: 'told', meaning: 'The lease was not renewed in time, so this process may not act.' },
  LeaseUnreachable: { kind: 'told', meaning: 'The lease could not be read or written.' },
  EventsForbidden: { kind: 'told', meaning: 'The permission to write Events on objects is missing; log and metrics tell the same.' },
  EventRefused: { kind: 'told', meaning: 'The API server refused an Event; log and metrics tell the same.' },
  RequestFailed: { kind: 'told', meaning: 'A list or a watch failed and is tried again.' },
  KindUnavailable: { kind: 'told', meaning: 'The server lacks or refuses a kind that can be done without.' },
  WatchSilent: { kind: 'told', meaning: 'A watch was silent for too long and is opened anew.' },
  WatchGarbled: { kind: 'told', meaning: 'A watch told something that cannot be read and is opened anew.' },
  ObjectUnreadable: { kind: 'told', meaning: 'An object holds something that cannot be read; it is left alone.' },
  ViewDiffers: {
    kind: 'told',
    meaning: 'A self-check found that what plans are made from differs from the objects of the cluster: a fault of respread.',
  },
  ViewsRenewed: { kind: 'told', meaning: 'What plans are made from was built anew after a self-check.' },
  ListenerFailed: { kind: 'told', meaning: 'A fault of respread itself while it took in a change.' },
} as const satisfies Record<string, { readonly kind: 'final' | 'waiting' | 'told'; readonly meaning: string }>

/** Every reason there is: the planner's and those beyond. */
export type AnyReason = Reason | keyof typeof LOOP_REASONS
