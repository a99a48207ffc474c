import { containersRequests, type PodAsk } from './pod-requests.ts'
import { readResourceList } from './project-resources.ts'
import type { RawField } from './raw-field.ts'
import { isOvercommittable, isPodLevelResource, overrideList, type ResourceList } from './resource-list.ts'

// The API server writes requests that are missing into pods (core/v1 defaults.go SetDefaults_Pod, 1.36), and not into pod templates or manifests.

/** The requests of a container: where it has none of a resource, its limit. */
export function readRequests(resources: RawField): ResourceList {
  return overrideList(readResourceList(resources.at('limits')), readResourceList(resources.at('requests')))
}

/**
 * The requests of a pod as a whole, of the resources that have such; undefined when there are none. Once it has limits, it also asks for what its
 * containers ask for together, and for a resource that none of them asks for: its limit (defaultPodRequests).
 */
export function readPodRequests(resources: RawField, ask: Pick<PodAsk, 'containers' | 'initContainers'>): ResourceList | undefined {
  const limits = readResourceList(resources.at('limits'))
  const shared = limits.size === 0 ? [] : [...containersRequests(ask)].filter(([name]) => isOvercommittable(name))
  const requests = overrideList(overrideList(limits, new Map(shared)), readResourceList(resources.at('requests')))
  const ofPods = [...requests].filter(([name]) => isPodLevelResource(name))
  return ofPods.length === 0 ? undefined : new Map(ofPods)
}
