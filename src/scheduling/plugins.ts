/** The default filter plugins of kube-scheduler 1.36 in the order that decides which refusal is reported first. */
export const FILTER_PLUGINS = [
  'NodeUnschedulable',
  'NodeName',
  'TaintToleration',
  'NodeAffinity',
  'NodePorts',
  'NodeResourcesFit',
  'VolumeRestrictions',
  'NodeVolumeLimits',
  'VolumeBinding',
  'VolumeZone',
  'PodTopologySpread',
  'InterPodAffinity',
  'DynamicResources',
  'NodeDeclaredFeatures',
] as const

export type FilterPlugin = (typeof FILTER_PLUGINS)[number]

/** The default score plugins with their weights (kube-scheduler 1.36, default profile). */
export const DEFAULT_WEIGHTS = {
  TaintToleration: 3,
  NodeAffinity: 2,
  PodTopologySpread: 2,
  InterPodAffinity: 2,
  NodeResourcesFit: 1,
  NodeResourcesBalancedAllocation: 1,
  ImageLocality: 1,
} as const

export type ScorePlugin = keyof typeof DEFAULT_WEIGHTS

export const SCORE_PLUGINS = Object.keys(DEFAULT_WEIGHTS) as readonly ScorePlugin[]

export type FilterStatus = 'Success' | 'Unschedulable' | 'UnschedulableAndUnresolvable'
