import { deploymentManifest, namespaceManifest, nodeManifest } from '../../../src/simulation/manifests.ts'
import type { RawObject } from '../../../src/simulation/object-store.ts'
import { ZONES } from '../../../src/simulation/scenarios/three-zones.ts'
import { drain } from '../rivals.ts'
import { afterOutage, failZone, recoverZone, type Scenario } from '../scenario.ts'
import { MINUTE, SECOND } from '../world.ts'

export const NODES_OF_C = ['node-c1', 'node-c2', 'node-c3']

export const zoneOutage: Scenario = {
  name: 'zone-outage',
  title: 'A zone fails, Kubernetes moves its pods, the zone comes back and holds still, and respread fills it again.',
  seed: 1,
  play: async stage => {
    await afterOutage(stage)
    await stage.world.pass(9 * MINUTE)
  },
}

export const zoneDiesAgain: Scenario = {
  name: 'zone-dies-again',
  title: 'A zone returns for thirty seconds and dies again, and once more after four minutes, before it is back for good.',
  seed: 4,
  play: async stage => {
    const { world } = stage
    stage.start()
    await world.pass(2 * MINUTE)
    for (const [down, up] of [
      [12 * MINUTE, 30 * SECOND],
      [2 * MINUTE, 4 * MINUTE],
      [8 * MINUTE, 10 * MINUTE],
    ] as const) {
      failZone(stage, 'zone-c')
      await world.pass(down)
      recoverZone(stage, 'zone-c')
      await world.pass(up)
    }
  },
}

export const zoneComesBackNodeByNode: Scenario = {
  name: 'zone-node-by-node',
  title: 'A zone that has failed comes back one node at a time, four minutes apart.',
  seed: 5,
  play: async stage => {
    const { world, somebody } = stage
    stage.start()
    await world.pass(2 * MINUTE)
    failZone(stage, 'zone-c')
    await world.pass(12 * MINUTE)
    for (const name of NODES_OF_C) {
      somebody(`${name} is back`, 20 * SECOND)
      world.cluster.recoverNode(name)
      await world.pass(4 * MINUTE)
    }
    await world.pass(4 * MINUTE)
  },
}

export const zoneHasNoRoom: Scenario = {
  name: 'zone-has-no-room',
  title: 'A zone is back, and somebody else takes all of its room before respread may fill it.',
  seed: 6,
  play: async stage => {
    const { world, somebody } = await afterOutage(stage)
    somebody('a batch of other pods takes all the room of zone-c', 30 * SECOND)
    for (const name of NODES_OF_C) world.cluster.apply(squatter(name))
    await world.pass(16 * MINUTE)
  },
}

export const zoneIsReplaced: Scenario = {
  name: 'zone-is-replaced',
  title: 'An autoscaler deletes the nodes of a zone that failed, and makes new ones when the zone is back.',
  seed: 2,
  play: async stage => {
    const { world, somebody } = stage
    stage.start()
    await world.pass(2 * MINUTE)
    somebody('the nodes of zone-c are deleted', 2 * MINUTE)
    for (const name of NODES_OF_C) world.cluster.removeNode(name)
    await world.pass(10 * MINUTE)
    for (const index of [4, 5, 6]) {
      somebody(`node-c${index} is made`, 20 * SECOND)
      world.cluster.apply(nodeManifest({ name: `node-c${index}`, zone: 'zone-c' }))
      await world.pass(20 * SECOND)
    }
    await world.pass(12 * MINUTE)
  },
}

/** Two of three nodes of each zone would be enough for all. */
const ROOMY: readonly RawObject[] = [
  namespaceManifest('shop'),
  ...ZONES.flatMap(zone => [1, 2].map(index => nodeManifest({ name: `node-${zone.slice(-1)}${index}`, zone, ready: true }))),
  deploymentManifest({ namespace: 'shop', name: 'web', replicas: 9, spread: [{ over: 'zone' }] }),
  deploymentManifest({ namespace: 'shop', name: 'api', replicas: 6, spread: [{ over: 'zone', hard: true, nodeTaintsPolicy: 'Honor' }] }),
]

export const drainEnds: Scenario = {
  name: 'drain-ends',
  title: 'Both nodes of a zone are drained for maintenance, and opened again after ten minutes.',
  seed: 3,
  objects: ROOMY,
  play: async stage => {
    const { world, somebody } = stage
    stage.start()
    await world.pass(7 * MINUTE)
    for (const name of ['node-c1', 'node-c2']) {
      drain(stage, name)
      await world.pass(MINUTE)
    }
    await world.pass(10 * MINUTE)
    somebody('zone-c is opened again: its nodes are uncordoned')
    for (const name of ['node-c1', 'node-c2']) world.cluster.uncordon(name)
    await world.pass(10 * MINUTE)
  },
}

/** A pod that somebody put onto a node by hand. */
function squatter(node: string): RawObject {
  const resources = { requests: { cpu: '3900m', memory: '128Mi' } }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'default', name: `squatter-${node}` },
    spec: { nodeName: node, containers: [{ name: 'squatter', image: 'registry.example/squatter:1', resources }] },
  }
}
