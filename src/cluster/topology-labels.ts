// Labels of nodes that say where they are (k8s.io/api/core/v1/well_known_labels.go, 1.36).

export const ZONE_LABEL = 'topology.kubernetes.io/zone'
export const REGION_LABEL = 'topology.kubernetes.io/region'
export const HOSTNAME_LABEL = 'kubernetes.io/hostname'
