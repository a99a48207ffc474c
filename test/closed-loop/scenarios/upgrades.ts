import { nodeManifest } from '../../../src/simulation/manifests.ts'
import { threeZones, ZONES } from '../../../src/simulation/scenarios/three-zones.ts'
import type { RawObject } from '../../../src/simulation/object-store.ts'
import { drain } from '../rivals.ts'
import type { Scenario, Stage } from '../scenario.ts'
import { MINUTE } from '../world.ts'

/** Two nodes a zone: what one of them holds is more than the other has room for, so that a drain sends some of it to other zones. */
const NODES = ZONES.flatMap(zone => [1, 2].map(index => ({ name: `node-${zone.slice(-1)}${index}`, zone })))

/** Nodes are drained, removed and made anew under other names, one after the other, zone by zone. @param pause until the next one */
async function replaceNodes(stage: Stage, pause: number): Promise<void> {
  const { world, somebody } = stage
  stage.start()
  await world.pass(2 * MINUTE)
  for (const { name, zone } of NODES) {
    drain(stage, name)
    const isEmpty = (): boolean => ![...world.cluster.state.pods()].some(({ nodeName }) => nodeName === name)
    await world.clock.runUntil(isEmpty, 10 * MINUTE)
    somebody(`${name} is taken away`)
    world.cluster.removeNode(name)
    await world.pass(MINUTE)
    somebody(`${name} is replaced`)
    world.cluster.apply(newNode(`${name}-new`, zone))
    await world.pass(pause)
  }
  stage.note('all nodes are new')
  await world.pass(10 * MINUTE)
}

export const nodesAreUpgraded: Scenario = {
  name: 'nodes-are-upgraded',
  title: 'All nodes are drained and replaced, zone by zone, with eight minutes after each: longer than the hold-down.',
  seed: 2,
  objects: smallZones(),
  interfered: true,
  play: stage => replaceNodes(stage, 8 * MINUTE),
}

export const nodesAreUpgradedInHaste: Scenario = {
  ...nodesAreUpgraded,
  name: 'nodes-are-upgraded-in-haste',
  title: 'All nodes are drained and replaced, zone by zone, with two minutes after each: shorter than the hold-down.',
  play: stage => replaceNodes(stage, 2 * MINUTE),
}

function smallZones(): readonly RawObject[] {
  return [...threeZones().filter(({ kind }) => kind !== 'Node'), ...NODES.map(({ name, zone }) => newNode(name, zone))]
}

function newNode(name: string, zone: string): RawObject {
  return nodeManifest({ name, zone, cpu: '1600m', ready: true })
}
