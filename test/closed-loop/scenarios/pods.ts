import { BEHAVIOUR_ANNOTATION } from '../../../src/simulation/kubelet.ts'
import { statefulSetManifest } from '../../../src/simulation/manifests.ts'
import { threeZones } from '../../../src/simulation/scenarios/three-zones.ts'
import { afterOutage, failZone, recoverZone, type Scenario } from '../scenario.ts'
import { MINUTE } from '../world.ts'
import { NODES_OF_C } from './zones.ts'

export const replacementsAreNeverReady: Scenario = {
  name: 'replacements-are-never-ready',
  title: 'No pod that is created from now on becomes Ready.',
  seed: 1,
  interfered: true,
  play: async stage => {
    const { world, note } = await afterOutage(stage)
    note('from now on no new pod becomes Ready')
    world.cluster.store.subscribe(({ type, resource, object: { metadata } }) => {
      if (type !== 'ADDED' || resource !== 'pods' || metadata.namespace !== 'shop') return
      const named = { namespace: 'shop', name: metadata.name }
      world.cluster.objects.update('pods', named, pod => ({
        ...pod,
        metadata: { ...pod.metadata, annotations: { ...pod.metadata.annotations, [BEHAVIOUR_ANNOTATION]: 'NeverReady' } },
      }))
    })
    await world.pass(30 * MINUTE)
  },
}

export const schedulerChoosesAnyNode: Scenario = {
  name: 'scheduler-chooses-any-node',
  title: 'The scheduler takes any feasible node instead of the best.',
  seed: 1,
  quirks: { choice: 'anyFeasible' },
  play: async stage => {
    const { world } = await afterOutage(stage)
    await world.pass(40 * MINUTE)
  },
}

/** A StatefulSet leaves pods of lost nodes alone; a person helps it. */
function statefulSet(name: string, title: string, spec: Readonly<Record<string, unknown>>): Scenario {
  const queue = statefulSetManifest({ namespace: 'shop', name: 'queue', replicas: 6, spread: [{ over: 'zone' }], spec })
  return {
    name,
    title,
    seed: 1,
    objects: [...threeZones().filter(({ kind }) => kind !== 'Deployment'), queue],
    play: async stage => {
      const { world, somebody } = stage
      stage.start()
      await world.pass(3 * MINUTE)
      failZone(stage, 'zone-c')
      await world.pass(7 * MINUTE)
      somebody('a person deletes the pods of queue in zone-c by force')
      for (const pod of Array.from(world.cluster.state.podsIn('shop'))) {
        if (!pod.name.startsWith('queue-') || !NODES_OF_C.includes(pod.nodeName ?? '')) continue
        world.cluster.store.delete('pods', 'shop', pod.name, { gracePeriodSeconds: 0 })
      }
      await world.pass(2 * MINUTE)
      recoverZone(stage, 'zone-c')
      await world.pass(8 * MINUTE)
    },
  }
}

export const statefulSetIsMoved = statefulSet(
  'stateful-set-is-moved',
  'A StatefulSet without volumes is spread again: each replacement has the name of the pod that it replaces.',
  {},
)

export const statefulSetWithPartition = statefulSet(
  'stateful-set-with-partition',
  'A StatefulSet is updated by a partition: an eviction may be a step of its rollout.',
  { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
)

export const statefulSetOnDelete = statefulSet(
  'stateful-set-on-delete',
  'A StatefulSet is updated on delete: an eviction would be a step of its rollout.',
  { updateStrategy: { type: 'OnDelete' } },
)
