import type { Plan, PlannedEviction } from '../planning/plan-types.ts'
import { budgetsOf } from '../scheduling/budget-arithmetic.ts'
import { budgetNames } from './admission.ts'
import { refund, spend } from './cool-downs.ts'
import { countEviction } from './episodes.ts'
import { expectationOf, type Expectation } from './expectations.ts'
import type { Decision, LoopContext } from './loop-state.ts'
import { answerOf } from './outcomes.ts'
import { createPacer } from './pacer.ts'
import type { EvictionOutcome, Occurrence } from './ports.ts'
import { obstacle } from './readiness.ts'
import { isUnchanged, revalidate } from './revalidate.ts'
import { workloadKey } from './workload-key.ts'

export interface Evicting {
  /**
   * Sends the admitted evictions of a decision one after the other without waiting for the answers: each validated again on the newest state
   * and written to the history before its request goes out.
   *
   * @param decide makes the decision anew
   */
  send(decision: Decision, decide: () => Decision): Promise<void>
  /** Gives up waiting for answers and takes back what still waits for a slot. */
  abort(): void
  /** Resolves when no answer is outstanding. */
  settled(): Promise<void>
}

/** @param ring asks for another pass */
export function createEvicting(context: LoopContext, ring: () => void): Evicting {
  const { state, settings } = context
  const { view, evictor, clock, recorder } = context.ports
  const { memory } = state
  const pacer = createPacer(clock, settings.evictionsPerSecond)
  const outstanding = new Map<AbortController, Promise<void>>()

  async function send(decision: Decision, decide: () => Decision): Promise<void> {
    let newest = decision
    for (const eviction of decision.admission.admitted) {
      // A long pause is no reason to stop observing: the next pass tries again.
      if (pacer.pause() > 0) return
      await pacer.turn()
      if (newest.asOf !== state.changes) newest = decide()
      const withdrawal = revalidate(eviction, view.state, newest.plan, newest.admission)
      if (withdrawal !== undefined) {
        tell(eviction, 'info', withdrawal.reason, withdrawal.message, { withdrawn: withdrawal.kind })
        continue
      }
      remember(eviction, newest.plan)
      const written = obstacle(context) === undefined && (await memory.keep()) === undefined
      // Writing took time: who may act and whether the pod is still there is asked once more. The next pass says what is in the way.
      if (written && obstacle(context) === undefined && isUnchanged(eviction, view.state)) request(eviction)
      else takeBack(eviction)
    }
  }

  function request(eviction: PlannedEviction): void {
    const { namespace, pod, uid, order } = eviction
    const controller = new AbortController()
    tell(eviction, 'info', 'Evicting', `from ${eviction.topologyKey}=${eviction.fromDomain} so that it lands in ${eviction.toDomain}`)
    const answer = new Promise<EvictionOutcome>(resolve => {
      const cancel = clock.after(settings.evictionRequestDeadline, () => {
        controller.abort()
        resolve({ kind: 'Lost', message: `no answer within ${settings.evictionRequestDeadline / 1000} s` })
      })
      void evictor
        .evict({ namespace, pod, uid, priority: -order }, controller.signal)
        .catch((error: unknown): EvictionOutcome => ({ kind: 'Lost', message: String(error) }))
        .then(resolve)
        .finally(cancel)
    })
    outstanding.set(
      controller,
      answer.then(outcome => {
        outstanding.delete(controller)
        receive(eviction, outcome)
      }),
    )
  }

  function receive(eviction: PlannedEviction, outcome: EvictionOutcome): void {
    const now = clock.now()
    const victim = view.state.pod(eviction.namespace, eviction.pod)
    const budgets = victim === undefined ? [] : budgetsOf(view.state, victim)
    const { consequence, reason, message } = answerOf(outcome, eviction, budgets, now, settings.coolDown)
    tell(eviction, LEVELS[outcome.kind], reason, message)
    switch (consequence.kind) {
      case 'evicted':
        memory.history = { ...memory.history, episode: countEviction(memory.history.episode) }
        enter(eviction, 'Evicted')
        state.tally.evicted += 1
        break
      case 'unknown':
        enter(eviction, 'Unanswered')
        break
      case 'replan':
        takeBack(eviction)
        break
      case 'defer':
        takeBack(eviction)
        state.deferrals = [...state.deferrals, consequence.deferral]
        break
      case 'slowDown':
        takeBack(eviction)
        pacer.slowDown(consequence.ms)
        break
      case 'stop':
        takeBack(eviction)
        state.stopped = { reason, message }
        break
    }
    state.changes += 1
    ring()
  }

  function remember(eviction: PlannedEviction, plan: Plan): void {
    const victim = view.state.pod(eviction.namespace, eviction.pod)
    if (victim === undefined) return
    const now = clock.now()
    const key = workloadKey(eviction)
    const planned = plan.evictions.filter(candidate => workloadKey(candidate) === key).length
    const budgets = budgetNames(view.state, victim)
    memory.history = {
      ...memory.history,
      expectations: [...memory.history.expectations, expectationOf(eviction, victim, budgets, now)],
      rounds: spend(memory.history.rounds, eviction, planned, now, settings.coolDown),
    }
  }

  /** The eviction did not come about. */
  function takeBack(eviction: PlannedEviction): void {
    const { expectations, rounds } = memory.history
    if (!expectations.some(({ uid }) => uid === eviction.uid)) return
    memory.history = {
      ...memory.history,
      expectations: expectations.filter(({ uid }) => uid !== eviction.uid),
      rounds: refund(rounds, eviction),
    }
  }

  function enter(eviction: PlannedEviction, stage: Expectation['stage']): void {
    memory.history = {
      ...memory.history,
      expectations: memory.history.expectations.map(expectation =>
        expectation.uid === eviction.uid ? { ...expectation, stage, since: clock.now() } : expectation,
      ),
    }
  }

  function tell(
    eviction: PlannedEviction,
    level: Occurrence['level'],
    reason: string,
    message: string,
    fields?: Occurrence['fields'],
  ): void {
    const { namespace, pod, uid } = eviction
    const about = { kind: 'Pod', namespace, name: pod, uid }
    recorder.record({ reason, level, message: `${namespace}/${pod}: ${message}`, about, ...(fields === undefined ? {} : { fields }) })
  }

  return {
    send,
    abort: () => {
      for (const controller of outstanding.keys()) controller.abort()
    },
    settled: async () => {
      await Promise.all(outstanding.values())
    },
  }
}

/** Warnings are for what a person should look at. */
const LEVELS: Readonly<Record<EvictionOutcome['kind'], Occurrence['level']>> = {
  Accepted: 'info',
  BudgetExhausted: 'info',
  BudgetLagging: 'info',
  Throttled: 'info',
  SeveralBudgets: 'warning',
  Gone: 'info',
  Replaced: 'info',
  Conflict: 'info',
  RefusedByWebhook: 'warning',
  Forbidden: 'warning',
  Invalid: 'warning',
  Lost: 'warning',
}
