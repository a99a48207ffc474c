import type { BudgetRecord } from '../cluster/budget.ts'
import { durationText } from '../cluster/duration-text.ts'
import { domainText, keyedDomainText } from '../planning/domain-text.ts'
import type { PlannedEviction } from '../planning/plan-types.ts'
import { budgetsOf } from '../scheduling/budget-arithmetic.ts'
import { withoutRequest, withRequest, withStage } from './bookkeeping.ts'
import { countEviction } from './episodes.ts'
import type { Decision, LoopContext } from './loop-state.ts'
import { answerOf, type Consequence } from './outcomes.ts'
import { createPacer } from './pacer.ts'
import { MOST_UNANSWERED, type EvictionOutcome, type Occurrence } from './ports.ts'
import { barred } from './readiness.ts'
import { isUnchanged, revalidate } from './revalidate.ts'

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

/** Whatever a cool-down is set to, what was refused is not asked for in a circle. */
const SHORTEST_REST = 5_000

/** @param ring asks for another pass */
export function createEvicting(context: LoopContext, ring: () => void): Evicting {
  const { state, settings } = context
  const { view, evictor, clock, recorder } = context.ports
  const { memory } = state
  const pacer = createPacer(clock, settings.evictionsPerSecond)
  const outstanding = new Map<AbortController, Promise<void>>()

  async function send(decision: Decision, decide: () => Decision): Promise<void> {
    let newest = decision
    for (const admitted of decision.admission.admitted) {
      // A long pause is no reason to stop observing: the next pass tries again.
      if (pacer.pause() > 0) return
      // What waited behind others would go out later than it was validated; the next answer rings.
      if (outstanding.size >= MOST_UNANSWERED) return
      await pacer.turn()
      if (newest.asOf !== state.changes) {
        // Between two turns the view may have become one that nothing must be decided on.
        if (barred(context) !== undefined) return
        newest = decide()
      }
      const { renewals } = state
      const verdict = revalidate(admitted, view.state, newest.plan, newest.admission)
      if (verdict.kind !== 'confirmed') {
        const { kind, reason, message } = verdict
        tell(admitted, { level: 'info', reason, message, fields: { withdrawn: kind } })
        continue
      }
      const { eviction } = verdict
      if (barred(context) !== undefined) return
      memory.history = withRequest(memory.history, eviction, newest.plan, view.state, clock.now(), settings.coolDown)
      const problem = await memory.keep()
      // Writing took time: who may act, and whether the pod is still there, is asked once more. The next pass says what is in the way.
      const isBarred = problem !== undefined || barred(context) !== undefined || state.renewals !== renewals
      if (!isBarred && isUnchanged(eviction, view.state)) request(eviction)
      else memory.history = withoutRequest(memory.history, eviction)
      if (isBarred) return
    }
  }

  function request(eviction: PlannedEviction): void {
    const { namespace, pod, uid, order, topologyKey, fromDomain, toDomain } = eviction
    const controller = new AbortController()
    const victim = view.state.pod(namespace, pod)
    // As they are before the server looks at them: a change that the watch shows sooner than the answer comes must not be waited for once more.
    const budgets = victim === undefined ? [] : budgetsOf(view.state, victim)
    const message = `from ${keyedDomainText(topologyKey, fromDomain)} so that it lands in ${domainText(toDomain)}`
    tell(eviction, { level: 'info', reason: 'Evicting', message })
    const answer = new Promise<EvictionOutcome>(resolve => {
      const cancel = clock.after(settings.evictionRequestDeadline, () => {
        controller.abort()
        resolve({ kind: 'Lost', message: `no answer within ${durationText(settings.evictionRequestDeadline)}` })
      })
      void evictor
        .evict({ namespace, pod, uid, priority: -order }, controller.signal)
        .catch((error: unknown): EvictionOutcome => ({ kind: 'Lost', message: String(error) }))
        .then(resolve)
        .finally(cancel)
    })
    const received = answer.then(outcome => {
      outstanding.delete(controller)
      receive(eviction, outcome, budgets)
    })
    outstanding.set(controller, received)
  }

  /** @param budgets those that cover the pod, as they were when it was asked for */
  function receive(eviction: PlannedEviction, outcome: EvictionOutcome, budgets: readonly BudgetRecord[]): void {
    const { refusals } = state
    const coolDown = Math.max(settings.coolDown, SHORTEST_REST)
    const answer = answerOf(outcome, eviction, { budgets, refusals, now: clock.now(), coolDown })
    tell(eviction, answer)
    follow(eviction, answer.consequence)
    if (answer.consequence.kind === 'stop') {
      state.stopped ??= { reason: answer.reason, message: answer.message, until: answer.consequence.until }
    }
    state.changes += 1
    ring()
  }

  function follow(eviction: PlannedEviction, consequence: Consequence): void {
    switch (consequence.kind) {
      case 'evicted':
        state.tally.evicted += 1
        memory.history = withStage(memory.history, eviction, 'Evicted', clock.now())
        memory.history = { ...memory.history, episode: countEviction(memory.history.episode) }
        return
      case 'unknown':
        memory.history = withStage(memory.history, eviction, 'Unanswered', clock.now())
        return
      case 'defer':
        state.deferrals = [...state.deferrals, consequence.deferral]
        break
      case 'rest':
        state.refusals = [...state.refusals.filter(({ uid }) => uid !== eviction.uid), consequence.refusal]
        break
      case 'slowDown':
        pacer.slowDown(consequence.ms)
        break
      case 'replan':
      case 'stop':
        break
    }
    memory.history = withoutRequest(memory.history, eviction)
  }

  function tell({ namespace, pod, uid }: PlannedEviction, { level, reason, message, fields = {} }: Omit<Occurrence, 'about'>): void {
    const about = { kind: 'Pod', namespace, name: pod, uid }
    recorder.record({ reason, level, message: `${namespace}/${pod}: ${message}`, about, fields })
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
