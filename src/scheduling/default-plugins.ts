import { dynamicResources } from './filter-dynamic-resources.ts'
import { nodeAffinity } from './filter-node-affinity.ts'
import { nodeDeclaredFeatures } from './filter-node-declared-features.ts'
import { nodeName } from './filter-node-name.ts'
import { nodePorts } from './filter-node-ports.ts'
import { nodeResourcesFit } from './filter-node-resources-fit.ts'
import { nodeUnschedulable } from './filter-node-unschedulable.ts'
import { nodeVolumeLimits } from './filter-node-volume-limits.ts'
import { podTopologySpreadFilter } from './filter-pod-topology-spread.ts'
import { taintToleration } from './filter-taint-toleration.ts'
import { volumeBinding } from './filter-volume-binding.ts'
import { volumeRestrictions } from './filter-volume-restrictions.ts'
import { volumeZone } from './filter-volume-zone.ts'
import { interPodAffinityFilter, interPodAffinityScore } from './inter-pod-affinity.ts'
import type { Filter, Score } from './plugin.ts'
import type { FilterPlugin, ScorePlugin } from './plugins.ts'
import { imageLocalityScore } from './score-image-locality.ts'
import { nodeAffinityScore } from './score-node-affinity.ts'
import { balancedAllocationScore, leastAllocatedScore } from './score-node-resources.ts'
import { podTopologySpreadScore } from './score-pod-topology-spread.ts'
import { taintTolerationScore } from './score-taint-toleration.ts'

export const FILTERS: Readonly<Record<FilterPlugin, Filter>> = {
  NodeUnschedulable: nodeUnschedulable,
  NodeName: nodeName,
  TaintToleration: taintToleration,
  NodeAffinity: nodeAffinity,
  NodePorts: nodePorts,
  NodeResourcesFit: nodeResourcesFit,
  VolumeRestrictions: volumeRestrictions,
  NodeVolumeLimits: nodeVolumeLimits,
  VolumeBinding: volumeBinding,
  VolumeZone: volumeZone,
  PodTopologySpread: podTopologySpreadFilter,
  InterPodAffinity: interPodAffinityFilter,
  DynamicResources: dynamicResources,
  NodeDeclaredFeatures: nodeDeclaredFeatures,
}

export const SCORES: Readonly<Record<ScorePlugin, Score>> = {
  TaintToleration: taintTolerationScore,
  NodeAffinity: nodeAffinityScore,
  PodTopologySpread: podTopologySpreadScore,
  InterPodAffinity: interPodAffinityScore,
  NodeResourcesFit: leastAllocatedScore,
  NodeResourcesBalancedAllocation: balancedAllocationScore,
  ImageLocality: imageLocalityScore,
}
