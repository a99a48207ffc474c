import { COPIED_LABELS } from '../cluster/copied-labels.ts'
import { withCondition } from './conditions.ts'
import type { Objects } from './objects.ts'
import type { PodObject } from './wire-objects.ts'

/** The pod as it is once it is bound to the node (BindingREST.setPodNodeAndMetadata, 1.36). @param now milliseconds since the epoch */
export function boundTo(pod: PodObject, nodeName: string, objects: Pick<Objects, 'get'>, now: number): PodObject {
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null } as const
  const conditions = withCondition(pod.status?.conditions, scheduled, now)
  return withTopologyLabels({ ...pod, spec: { ...pod.spec, nodeName }, status: { ...pod.status, conditions } }, objects)
}

/**
 * The pod with the labels that its node gives it, whatever it says itself (plugin/pkg/admission/podtopologylabels, on since 1.35). They stay as they
 * are when the node's labels change.
 */
export function withTopologyLabels(pod: PodObject, objects: Pick<Objects, 'get'>): PodObject {
  const nodeName = pod.spec?.nodeName
  const node = nodeName === undefined ? undefined : objects.get('nodes', undefined, nodeName)
  const given = Object.entries(node?.metadata.labels ?? {}).filter(([key]) => COPIED_LABELS.includes(key))
  if (given.length === 0) return pod
  return { ...pod, metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, ...Object.fromEntries(given) } } }
}
