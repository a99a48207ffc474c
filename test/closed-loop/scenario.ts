import type { Policy } from '../../src/planning/policy.ts'
import { threeZones } from '../../src/simulation/scenarios/three-zones.ts'
import type { RawObject } from '../../src/simulation/object-store.ts'
import type { WayConditions } from '../../src/simulation/ports/way.ts'
import type { SchedulerQuirks } from '../../src/simulation/scheduler/scheduler-quirks.ts'
import type { Leadership } from '../../src/rebalancing/ports.ts'
import { watchInvariants, type Invariants } from './invariants.ts'
import { respread, type Process, type Strategy } from './respread.ts'
import { followStory } from './story.ts'
import { createWorld, MINUTE, SECOND, type World } from './world.ts'

/** A story with a name, that can be told of whoever moves pods. */
export interface Scenario {
  /** What its transcript and its row of the bench are called. */
  readonly name: string
  /** The first line of its transcript. */
  readonly title: string
  readonly seed: number
  /** What there is at the beginning; absent: the shop in three zones. */
  readonly objects?: readonly RawObject[]
  readonly quirks?: Partial<SchedulerQuirks>
  readonly way?: Partial<WayConditions>
  /** Somebody else moves, makes or unmakes pods meanwhile; absent: nobody does. */
  readonly interfered?: true
  play(stage: Stage): Promise<void>
}

/** A world with everything on it that a scenario needs. */
export interface Stage {
  readonly world: World
  readonly invariants: Invariants
  /** Starts a process that moves pods; it is the one that {@link Stage.crash} kills. */
  readonly start: (leadership?: Leadership) => Process
  /** The process dies in the middle of whatever it does, and another takes its place. */
  readonly crash: () => void
  /** Somebody else does something to the cluster: that is told, and what the excess was before no longer counts. @param ms until it has taken effect */
  readonly somebody: (does: string, ms?: number) => void
  /** Says what happens; it stands in the transcript. */
  readonly note: (text: string) => void
  /** When that was noted, by the cluster's clock; throws if it never was. */
  readonly noted: (text: string) => readonly [number, ...number[]]
  readonly transcript: () => string
}

export interface StageOptions extends Omit<Scenario, 'name' | 'title' | 'interfered' | 'play'> {
  readonly strategy?: Strategy
  /** What may be moved, where it is otherwise than by default. */
  readonly policy?: Partial<Policy>
  /** Whether the story is followed from the beginning; absent: no. */
  readonly followed?: boolean
}

export function setStage({
  seed,
  objects = threeZones(),
  quirks = {},
  way = {},
  policy = {},
  strategy = respread,
  followed = false,
}: StageOptions): Stage {
  const world = createWorld({ seed, objects, quirks, way, policy })
  const invariants = watchInvariants(world, quirks.choice !== 'anyFeasible')
  const story = followed ? followStory(world) : undefined
  const notes: { readonly at: number; readonly text: string }[] = []
  let process: Process | undefined
  const stage: Stage = {
    world,
    invariants,
    start: leadership => (process = strategy(world, leadership)),
    crash: () => {
      process?.kill()
      stage.start()
    },
    somebody: (does, ms) => {
      invariants.disturbed(ms)
      stage.note(does)
    },
    note: text => {
      story?.note(text)
      notes.push({ at: world.clock.now(), text })
    },
    noted: text => {
      const [first, ...more] = notes.filter(note => note.text === text).map(({ at }) => at)
      if (first === undefined) throw new Error(`nobody has noted "${text}"`)
      return [first, ...more]
    },
    transcript: () => story?.text() ?? '',
  }
  return stage
}

/** Plays a scenario to its end. @param overrides what is to be otherwise than the scenario has it */
export async function play(scenario: Scenario, overrides: Partial<StageOptions> = {}): Promise<Stage> {
  const stage = setStage({ ...scenario, ...overrides })
  await scenario.play(stage)
  return stage
}

/** A zone goes dark: a silent node counts as lost only after its grace period. */
export function failZone({ world, somebody }: Stage, zone: string): void {
  somebody(`${zone} fails: its nodes fall silent`, MINUTE)
  world.cluster.failZone(zone)
}

/** A node that is back must report first. */
export function recoverZone({ world, somebody }: Stage, zone: string): void {
  somebody(`${zone} is back`, 20 * SECOND)
  world.cluster.recoverZone(zone)
}

/** Evictions that fill zone-c again after an outage: four of web, two each of cart and checkout. */
export const FEWEST = 8

/** zone-c is away for twelve minutes, and has then been back for one: its pods stand in the other zones. */
export async function loseZoneC(stage: Stage): Promise<void> {
  const { world } = stage
  await world.pass(2 * MINUTE)
  failZone(stage, 'zone-c')
  await world.pass(12 * MINUTE)
  recoverZone(stage, 'zone-c')
  await world.pass(MINUTE)
}

/** The day that most stories begin with: a process is at work, and zone-c was lost and is back. */
export async function afterOutage(stage: Stage): Promise<Stage> {
  stage.start()
  await loseZoneC(stage)
  return stage
}
