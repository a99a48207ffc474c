import type { Policy } from '../planning/policy.ts'
import type { LoopSettings } from '../rebalancing/settings.ts'
import type { ConfigurationFile } from './configuration-file.ts'

/** What the file says about which pods may be moved. `self` is no matter of configuration: who runs as a pod fills it in. */
export function toPolicy(file: ConfigurationFile): Policy {
  const { act, protect, limits, outage } = file
  return {
    namespaces: act.namespaces,
    podSelector: act.podSelector,
    optIn: act.optIn,
    ownerKinds: act.ownerKinds,
    priorityThreshold: protect.priorityThreshold,
    minimumPodAge: protect.minimumPodAge,
    minimumReplicas: protect.minimumReplicas,
    allowLocalStorage: !protect.localStorage,
    protectedStorageClasses: protect.storageClasses,
    heededAnnotations: protect.annotations,
    constraints: {
      hard: act.whenUnsatisfiable.includes('DoNotSchedule'),
      soft: act.whenUnsatisfiable.includes('ScheduleAnyway'),
      clusterDefaults: act.clusterDefaults,
      softAntiAffinity: act.softAntiAffinity,
    },
    topologyKeys: act.topologyKeys,
    expectedDomains: new Map(Object.entries(file.expectedDomains)),
    caps: {
      workloadPercent: limits.inFlight.perWorkloadPercent,
      namespace: limits.inFlight.perNamespace,
      node: limits.inFlight.perNode,
      cluster: limits.inFlight.perCluster,
      cycle: limits.perCycle,
    },
    outage,
    self: undefined,
  }
}

/** What the file says about how the loop paces itself. */
export function toLoopSettings(file: ConfigurationFile): LoopSettings {
  const { timing, windows, limits, act, dryRun, paused } = file
  return { ...timing, windows, evictionsPerSecond: limits.evictionsPerSecond, deletionCosts: act.deletionCosts, dryRun, paused }
}
