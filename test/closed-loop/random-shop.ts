import { budgetManifest, deploymentManifest, namespaceManifest, nodeManifest, statefulSetManifest } from '../../src/simulation/manifests.ts'
import type { WorkloadManifest } from '../../src/simulation/manifests.ts'
import type { RawObject } from '../../src/simulation/object-store.ts'
import type { Random } from '../../src/simulation/random.ts'
import { drain } from './rivals.ts'
import { failZone, recoverZone, type Stage } from './scenario.ts'
import { MINUTE, SECOND } from './world.ts'

const ZONES = ['zone-a', 'zone-b', 'zone-c', 'zone-d']

/** Some zones with some nodes each, and some workloads that spread over them in one way or another. */
export function randomShop(random: Random): readonly RawObject[] {
  const zones = ZONES.slice(0, random.between(3, 4))
  const nodesEach = random.between(2, 4)
  const names = Array.from({ length: nodesEach }, (_, index) => index + 1)
  return [
    namespaceManifest('shop'),
    ...zones.flatMap(zone => names.map(index => nodeManifest({ name: `node-${zone.slice(-1)}${index}`, zone, ready: true }))),
    ...Array.from({ length: random.between(2, 4) }, (_, index) => randomWorkload(`app${index}`, random.fork(`app${index}`))).flat(),
  ]
}

function randomWorkload(name: string, random: Random): readonly RawObject[] {
  const hard = random.chance(0.4)
  const zone = {
    over: 'zone',
    hard,
    maxSkew: random.chance(0.8) ? 1 : 2,
    ...(hard && random.chance(0.7) && { nodeTaintsPolicy: 'Honor' as const }),
  } as const
  const workload: WorkloadManifest = {
    namespace: 'shop',
    name,
    replicas: random.between(2, 12),
    cpu: random.pick(['50m', '100m', '250m']),
    spread: random.chance(0.3) ? [zone, { over: 'hostname' }] : [zone],
    tolerationSeconds: 60,
  }
  const limits = [{ maxUnavailable: 1 }, { maxUnavailable: '25%' }, { minAvailable: 1 }] as const
  return [
    random.chance(0.8) ? deploymentManifest(workload) : statefulSetManifest(workload),
    ...(random.chance(0.6) ? [budgetManifest('shop', name, random.pick(limits))] : []),
  ]
}

type Cause = (stage: Stage, zone: string, nodes: readonly string[]) => Promise<void>

/** What leaves pods bunched up: each takes a zone away for some minutes and gives it back. */
const CAUSES: Readonly<Record<string, Cause>> = {
  'the zone fails': async (stage, zone) => {
    failZone(stage, zone)
    await stage.world.pass(5 * MINUTE)
    recoverZone(stage, zone)
  },
  'its nodes are deleted and made anew': async ({ world, somebody }, zone, nodes) => {
    somebody(`the nodes of ${zone} are deleted`, 2 * MINUTE)
    for (const name of nodes) world.cluster.removeNode(name)
    await world.pass(4 * MINUTE)
    somebody(`nodes of ${zone} are made anew`, 20 * SECOND)
    for (const name of nodes) world.cluster.apply(nodeManifest({ name: `${name}-new`, zone }))
  },
  'its nodes are drained': async (stage, zone, nodes) => {
    for (const name of nodes) {
      drain(stage, name)
      await stage.world.pass(MINUTE)
    }
    stage.somebody(`the nodes of ${zone} are opened again`)
    for (const name of nodes) stage.world.cluster.uncordon(name)
  },
}

/** Lets a zone be lost and found in one way or another, and then a minute pass. Returns what was drawn. */
export async function loseAndFind(stage: Stage, random: Random): Promise<string> {
  const { world } = stage
  const cause = random.pick(Object.keys(CAUSES))
  const zoneOf = new Map([...world.cluster.state.nodes()].map(node => [node.name, node.labels.get('topology.kubernetes.io/zone') ?? '']))
  const zone = random.pick([...new Set(zoneOf.values())])
  const nodes = [...zoneOf].filter(([, of]) => of === zone).map(([name]) => name)
  await CAUSES[cause]?.(stage, zone, nodes)
  await world.pass(MINUTE)
  return `${zone}: ${cause}`
}
