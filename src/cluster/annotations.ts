/** Every annotation that respread reads; the projection keeps these and drops the rest. */
export const ANNOTATIONS = {
  evict: 'respread.io/evict',
  paused: 'respread.io/paused',
  doNotDisrupt: 'karpenter.sh/do-not-disrupt',
  safeToEvict: 'cluster-autoscaler.kubernetes.io/safe-to-evict',
  safeToEvictLocalVolumes: 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes',
  preferNoEviction: 'descheduler.alpha.kubernetes.io/prefer-no-eviction',
  podDeletionCost: 'controller.kubernetes.io/pod-deletion-cost',
  /** The deletion cost that respread has written on the pod: see deletion-cost.ts. */
  deletionCostSet: 'respread.io/deletion-cost-set',
  mirror: 'kubernetes.io/config.mirror',
} as const

export const ANNOTATIONS_READ: ReadonlySet<string> = new Set(Object.values(ANNOTATIONS))
