import type { NodeSelector, PreferredNodeTerm } from '../cluster/node-selector.ts'
import type { TopologySpreadConstraint } from '../cluster/pod.ts'
import { DEFAULT_WEIGHTS, type FilterPlugin, type ScorePlugin } from './plugins.ts'

/** How PodTopologySpread treats pods without constraints of their own. A `List` constraint has no selector: it is derived per pod. */
type DefaultConstraints =
  { readonly type: 'System' } | { readonly type: 'List'; readonly constraints: readonly Omit<TopologySpreadConstraint, 'selector'>[] }

/** One profile of a KubeSchedulerConfiguration, as far as it decides where a pod lands. */
export interface SchedulerProfile {
  readonly schedulerName: string
  readonly defaultConstraints: DefaultConstraints
  /** Filters that the profile switched off. */
  readonly disabledFilters: ReadonlySet<FilterPlugin>
  /** Weight by score plugin; 0 is a plugin that the profile switched off. */
  readonly weights: Readonly<Record<ScorePlugin, number>>
  /** NodeAffinity `addedAffinity`. */
  readonly addedAffinity: { readonly required: NodeSelector | undefined; readonly preferred: readonly PreferredNodeTerm[] }
  /** InterPodAffinity `hardPodAffinityWeight`. */
  readonly hardPodAffinityWeight: number
  readonly percentageOfNodesToScore: number
  readonly ignoredResources: ReadonlySet<string>
  readonly ignoredResourceGroups: ReadonlySet<string>
  /** What of the profile respread does not model (another scoring strategy, an extender, an unknown plugin): no prediction is `certain` by score. */
  readonly unmodelled: readonly string[]
}

/** The profiles by schedulerName. Pods that name another scheduler cannot be predicted. */
export type SchedulerProfiles = ReadonlyMap<string, SchedulerProfile>

export const DEFAULT_PROFILE: SchedulerProfile = {
  schedulerName: 'default-scheduler',
  defaultConstraints: { type: 'System' },
  disabledFilters: new Set(),
  weights: DEFAULT_WEIGHTS,
  addedAffinity: { required: undefined, preferred: [] },
  hardPodAffinityWeight: 1,
  percentageOfNodesToScore: 0,
  ignoredResources: new Set(),
  ignoredResourceGroups: new Set(),
  unmodelled: [],
}

export const DEFAULT_PROFILES: SchedulerProfiles = new Map([[DEFAULT_PROFILE.schedulerName, DEFAULT_PROFILE]])
