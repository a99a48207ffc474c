import { podFromTemplate } from '../../src/simulation/controllers/pod-template.ts'
import { ownerKey, runController } from '../../src/simulation/controllers/controller.ts'
import { deploymentManifest } from '../../src/simulation/manifests.ts'
import { isActive, isControlledBy, isTerminal } from '../../src/simulation/pod-facts.ts'
import { DEFAULT_TIMINGS } from '../../src/simulation/timings.ts'
import type { DeploymentObject, PodObject } from '../../src/simulation/wire-objects.ts'
import type { World } from './world.ts'

/** A custom resource of which the cluster has no more than its pods. */
export interface CloneSet {
  scale(replicas: number): void
}

/** When its controller makes the next pod: OpenKruise's while the old one still terminates; others wait for its end. */
type Replaces = 'at once' | 'when the old pod is gone'

/** Runs the controller of CloneSet `web` of namespace shop, whose pods have a soft constraint over zones and an instance each. */
export function runCloneSet({ cluster, clock, random }: World, replicas: number, replaces: Replaces): CloneSet {
  const template = deploymentManifest({ namespace: 'shop', name: 'web', replicas, spread: [{ over: 'zone' }] }) as DeploymentObject
  const owner = {
    apiVersion: 'apps.kruise.io/v1alpha1',
    kind: 'CloneSet',
    metadata: { namespace: 'shop', name: 'web', uid: 'clone-set-web' },
  }
  let wanted = replicas
  let instances = 0

  const create = (): void => {
    const instance = `i${instances++}`
    const pod = podFromTemplate(owner, template.spec?.template, { name: `web-${instance}` })
    const labels = { ...pod.metadata.labels, 'apps.kruise.io/cloneset-instance-id': instance, 'controller-revision-hash': 'web-1' }
    cluster.objects.create('pods', { ...pod, metadata: { ...pod.metadata, labels } })
  }
  const countsAsOne = (pod: PodObject): boolean => (replaces === 'at once' ? isActive(pod) : !isTerminal(pod))
  const reconcile = (): undefined => {
    const counted = cluster.objects.list('pods', 'shop').filter(pod => isControlledBy(pod, owner.metadata.uid) && countsAsOne(pod))
    for (let missing = wanted - counted.length; missing > 0; missing--) create()
    for (const { metadata } of counted.slice(wanted)) cluster.store.delete('pods', metadata.namespace, metadata.name)
  }

  runController(
    { store: cluster.store, objects: cluster.objects, clock, random, timings: DEFAULT_TIMINGS },
    {
      name: 'cloneset',
      resources: ['pods'],
      keysOf: ({ object }) => ownerKey(object, 'CloneSet') ?? [],
      reconcile,
    },
  )
  reconcile()
  return {
    scale: to => {
      wanted = to
      reconcile()
    },
  }
}
