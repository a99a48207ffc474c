import type { GroupPlan, Plan } from '../planning/plan-types.ts'
import type { DomainHold } from '../planning/situation.ts'
import { dropOver } from './cool-downs.ts'
import { ageOf } from './freshness.ts'
import { isClosedNow } from './landings.ts'
import { learn, learnMovedBack, quarantineLifted, type Hindsight } from './learn.ts'
import type { LoopContext } from './loop-state.ts'
import { stillStanding, undone } from './moves.ts'
import { forgive, reconsider } from './quarantine.ts'
import { observe } from './sightings.ts'

/**
 * Step 6: compares what evictions led to expect with what the cluster shows, and learns from it. Called as often as one likes.
 *
 * @param groupsNow the groups of a plan made on the state as it is now @param holdsNow the domains that are down or settling
 */
export function observeAndLearn(
  { ports, settings, state }: LoopContext,
  groupsNow: () => readonly GroupPlan[],
  holdsNow: () => readonly DomainHold[],
): void {
  const { view, clock, recorder } = ports
  const { memory } = state
  const freshness = view.freshness()
  // In an incomplete list a pod that is not there yet looks as if it were gone.
  if (!memory.recalled || freshness.some(({ required, synced }) => required && !synced)) return

  const now = clock.now()
  const { open, sightings } = observe(memory.history.expectations, view.state, now - ageOf(freshness, 'Pod'), settings)
  const rounds = dropOver(memory.history.rounds, now, settings.coolDown)
  memory.history = { ...memory.history, expectations: open, rounds, moves: stillStanding(memory.history.moves, view.state, now) }
  let groups: readonly GroupPlan[] | undefined
  const hindsight: Hindsight = {
    groups: () => (groups ??= groupsNow()),
    isClosed: expectation => isClosedNow(expectation, view.state, holdsNow()),
  }
  for (const sighting of sightings) {
    const { history, told, verdict } = learn(memory.history, sighting, hindsight, now)
    memory.history = history
    if (verdict !== undefined) state.tally[verdict] += 1
    for (const occurrence of told) recorder.record(occurrence)
  }
}

/** Looks through a plan for moves that are to be repeated because somebody has undone them. Returns whether the plan is out of date now. */
export function heedMovedBack({ ports, state: { memory } }: LoopContext, plan: Plan): boolean {
  const { view, clock, recorder } = ports
  const before = memory.history.quarantines
  for (const move of undone(memory.history.moves, plan, view.state)) {
    const { history, told } = learnMovedBack(memory.history, move, plan.groups, clock.now())
    memory.history = history
    for (const occurrence of told) recorder.record(occurrence)
  }
  return memory.history.quarantines !== before
}

/** Groups that have reached balance start with a clean slate, and so do those of which what was learnt is no longer true. */
export function giveSecondChances({ ports, state: { memory } }: LoopContext, { groups }: Plan): void {
  const { view, clock, recorder } = ports
  if (memory.history.misses.length === 0 && memory.history.quarantines.length === 0) return
  const now = clock.now()
  const balanced = new Set(groups.filter(({ excess }) => excess === 0).map(({ id }) => id))
  const { misses, quarantines: remembered } = forgive(memory.history, memory.history.moves, balanced, now)
  const { quarantines, lifted } = reconsider(remembered, groups, view.state, now)
  memory.history = { ...memory.history, misses, quarantines }
  for (const each of lifted) recorder.record(quarantineLifted(each))
}
