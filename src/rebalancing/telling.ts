import { isOverMaxSkew } from '../planning/over-max-skew.ts'
import type { Plan } from '../planning/plan-types.ts'
import { createAnnouncer, type Statement } from './announcer.ts'
import { isToBeHelped } from './conclusion.ts'
import { beganWith, narrate, type Scene } from './episodes.ts'
import type { Decision, LoopContext } from './loop-state.ts'
import type { LoopHold } from './loop-hold.ts'
import type { Situation } from '../planning/situation.ts'
import type { AnyReason } from './reasons.ts'
import { statementsOf } from './statements.ts'

/** Says after each look at the world what is new about it: each hold and refusal once, and how the story goes on. */
export type Telling = (hold: LoopHold | undefined, decision: Decision | undefined) => void

export function createTelling({ ports, settings, state }: LoopContext): Telling {
  const { clock, recorder } = ports
  const announcer = createAnnouncer(recorder)
  let latest: readonly Statement[] = []
  return (hold, decision) => {
    if (decision !== undefined) {
      const { plan, admission, situation } = decision
      const { memory } = state
      const { episode, told } = narrate(memory.history.episode, sceneOf(plan, situation, clock.now()))
      memory.history = { ...memory.history, episode }
      const notices = plan.notices.filter(({ message }) => !beganWith(episode, message))
      latest = statementsOf({ groups: plan.groups, notices }, admission, situation.domainHolds, settings.dryRun)
      for (const occurrence of told) recorder.record(occurrence)
    }
    announcer.announce([...latest, standing(hold)])
  }
}

/** Holds that are part of every start and every day. */
const EXPECTED_HOLDS: ReadonlySet<AnyReason> = new Set<AnyReason>(['CachesNotSynced', 'NotLeader', 'Paused', 'OutsideWindow', 'Ending'])

function standing(hold: LoopHold | undefined): Statement {
  return hold === undefined
    ? { topic: 'loop', occurrence: { reason: 'Acting', level: 'info', message: 'nothing holds the loop any more' }, quiet: true }
    : {
        topic: 'loop',
        occurrence: { reason: hold.reason, level: EXPECTED_HOLDS.has(hold.reason) ? 'info' : 'warning', message: hold.message },
      }
}

function sceneOf({ notices, groups }: Plan, situation: Situation, now: number): Scene {
  const over = groups.filter(isOverMaxSkew)
  const unbalanced = over.filter(isToBeHelped)
  return {
    now,
    outages: notices.filter(({ reason }) => reason === 'DomainOutage').map(({ message }) => message),
    drains: situation.drains.map(({ node }) => node.name),
    unbalanced: unbalanced.length,
    blocked: over.length - unbalanced.length,
    inFlight: situation.inFlight.length,
    settlingDomains: situation.domainHolds.length,
  }
}
