import { expect } from 'vitest'
import { play, type Scenario, type Stage } from './scenario.ts'

/**
 * Plays a scenario, holds it against what must always hold, and its transcript against the one in test/fixtures/closed-loop, which
 * `npx vitest run test/closed-loop -u` writes anew. What has changed in it is to be read before it is believed.
 */
export async function tell(scenario: Scenario): Promise<Stage> {
  const stage = await play(scenario, { followed: true })
  expect(stage.invariants.breaches).toEqual([])
  expect(unspokenOf(stage)).toEqual([])
  const transcript = `${scenario.title}\n\n${stage.transcript()}`
  await expect(transcript).toMatchFileSnapshot(`../fixtures/closed-loop/${scenario.name}.txt`)
  return stage
}

/** Workloads over maxSkew of which nothing has been said: nothing is left alone in silence. */
function unspokenOf({ world }: Stage): readonly string[] {
  const unbalanced = world.planNow().groups.filter(({ excess }) => excess > 0)
  const latest = new Map(world.told.map(({ about, reason }) => [about?.name, reason]))
  return unbalanced.map(({ workload }) => workload.name).filter(name => (latest.get(name) ?? 'WithinMaxSkew') === 'WithinMaxSkew')
}
