import type { AutoscalerRecord, PriorityClassRecord, ResourceClaimRecord, ServiceRecord } from './other-records.ts'
import type { RawObject } from './project-object.ts'

export function projectService({ root, metadata, readers }: RawObject): ServiceRecord {
  const selector = root.at('spec').at('selector')
  return {
    kind: 'Service',
    namespace: metadata.namespace,
    name: metadata.name,
    selector: selector.present ? readers.labels(selector) : undefined,
  }
}

export function projectPriorityClass({ root, metadata }: RawObject): PriorityClassRecord {
  return {
    kind: 'PriorityClass',
    name: metadata.name,
    value: root.at('value').integer() ?? 0,
    globalDefault: root.at('globalDefault').flag(),
    preemptionPolicy: root.at('preemptionPolicy').choice(['PreemptLowerPriority', 'Never']) ?? 'PreemptLowerPriority',
  }
}

export function projectAutoscaler({ root, metadata }: RawObject): AutoscalerRecord {
  const spec = root.at('spec')
  const target = spec.at('scaleTargetRef')
  return {
    kind: 'HorizontalPodAutoscaler',
    namespace: metadata.namespace,
    name: metadata.name,
    target: { kind: target.at('kind').need().text() ?? '', name: target.at('name').need().text() ?? '' },
    minReplicas: spec.at('minReplicas').integer(0) ?? 1,
    maxReplicas: spec.at('maxReplicas').need().integer(0) ?? 0,
    lastScaleAt: root.at('status').at('lastScaleTime').time(),
  }
}

export function projectResourceClaim({ metadata }: RawObject): ResourceClaimRecord {
  return { kind: 'ResourceClaim', namespace: metadata.namespace, name: metadata.name }
}
