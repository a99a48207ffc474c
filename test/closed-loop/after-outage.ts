import { threeZones } from '../../src/simulation/scenarios/three-zones.ts'
import { watchInvariants, type Invariants } from './invariants.ts'
import { createWorld, MINUTE, type Process, type World, type WorldOptions } from './world.ts'

export interface AfterOutage {
  readonly world: World
  readonly invariants: Invariants
  readonly process: Process
  /** What is planned once the zone's own pods are back. */
  readonly fewest: number
}

/** The three zones of the embedded cluster when zone-c, away for twelve minutes, has been back for one: its pods stand in the others. */
export async function afterOutage(options: Omit<WorldOptions, 'objects'>): Promise<AfterOutage> {
  const world = createWorld({ objects: threeZones(), ...options })
  const invariants = watchInvariants(world)
  const process = world.start()
  await world.pass(2 * MINUTE)
  world.cluster.failZone('zone-c')
  await world.pass(12 * MINUTE)
  world.cluster.recoverZone('zone-c')
  await world.pass(MINUTE)
  invariants.guard()
  return { world, invariants, process, fewest: world.planNow().summary.plannedEvictions }
}
