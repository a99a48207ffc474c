import type { BudgetRecord } from '../cluster/budget.ts'
import { keyedDomainText } from '../planning/domain-text.ts'
import type { PlannedEviction } from '../planning/plan-types.ts'
import type { RefusalReason } from '../planning/situation.ts'
import type { Deferral } from './deferrals.ts'
import type { EvictionOutcome, Occurrence } from './ports.ts'
import type { AnyReason } from './reasons.ts'
import { refusalText, refusedAgain, type Refusal } from './refusals.ts'

/** What an answer means for the loop. */
export type Consequence =
  /** Deletion has begun. */
  | { readonly kind: 'evicted' }
  /** It may have happened: never asked again before the watch has shown what became of it. */
  | { readonly kind: 'unknown' }
  /** It did not happen and the plan is out of date: look again. */
  | { readonly kind: 'replan' }
  | { readonly kind: 'defer'; readonly deferral: Deferral }
  /** A person must see to it: its workload, and ever longer the pod itself, rest until it is tried again. */
  | { readonly kind: 'rest'; readonly refusal: Refusal }
  /** The server is busy: no request of any kind for so many milliseconds. */
  | { readonly kind: 'slowDown'; readonly ms: number }
  /** A person must see to it: nothing at all is evicted until then, milliseconds since the epoch, when it is tried again. */
  | { readonly kind: 'stop'; readonly until: number }

export interface Answer {
  readonly consequence: Consequence
  /** A warning is for what a person should look at. */
  readonly level: Occurrence['level']
  /** CamelCase, for event, metric and log. */
  readonly reason: AnyReason
  readonly message: string
}

/** Writers on the budget are in each other's way for moments only. */
const CONFLICT_RETRY = 10_000
/** A budget that our cache does not show cannot be seen changing. */
const UNSEEN_BUDGET_RETRY = 30_000

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

/** What an answer is judged by. */
interface Circumstances {
  /** Those that cover the pod in our cache. */
  readonly budgets: readonly BudgetRecord[]
  /** Known before. */
  readonly refusals: readonly Refusal[]
  /** Milliseconds since the epoch. */
  readonly now: number
  /** For what a person must see to: how long it is not tried again, in milliseconds. */
  readonly coolDown: number
}

/** What becomes of an eviction by what the server has answered, and how that is told. */
export function answerOf(outcome: EvictionOutcome, eviction: PlannedEviction, { budgets, refusals, now, coolDown }: Circumstances): Answer {
  const level = LEVELS[outcome.kind]
  const answer = (reason: AnyReason, message: string, consequence: Consequence): Answer => ({ reason, message, level, consequence })
  const pod = { kind: 'pod', namespace: eviction.namespace, name: eviction.pod, uid: eviction.uid } as const
  const budgetScope = budgets.length === 0 ? pod : budgetsScope(eviction.namespace, budgets)
  const defer = (reason: AnyReason, message: string, scope: Deferral['scope'], lifts: Deferral['lifts']): Answer =>
    answer(reason, message, { kind: 'defer', deferral: { reason, message, scope, lifts } })
  const rest = (reason: RefusalReason, message: string): Answer => {
    const refusal = refusedAgain(refusals, eviction, reason, message, now, coolDown)
    return answer(reason, refusalText(refusal), { kind: 'rest', refusal })
  }

  switch (outcome.kind) {
    case 'Accepted':
      return answer('Evicted', `evicted so that it lands in ${keyedDomainText(eviction.topologyKey, eviction.toDomain)}`, {
        kind: 'evicted',
      })
    case 'BudgetExhausted':
      return budgets.length === 0
        ? defer('BudgetExhausted', outcome.message, pod, { kind: 'at', time: now + UNSEEN_BUDGET_RETRY })
        : defer('BudgetExhausted', outcome.message, budgetScope, { kind: 'budgetChanges', seen: budgets })
    case 'BudgetLagging':
      return defer('BudgetLagging', outcome.message, budgetScope, { kind: 'at', time: now + outcome.retryAfterMs })
    case 'Throttled':
      return answer('Throttled', outcome.message, { kind: 'slowDown', ms: outcome.retryAfterMs })
    case 'SeveralBudgets':
      return rest('SeveralBudgets', outcome.message)
    case 'Gone':
      return answer('PodGone', 'the pod was gone before the eviction reached it', { kind: 'replan' })
    case 'Replaced':
      return answer('PodReplaced', `another pod has taken its name: ${outcome.message}`, { kind: 'replan' })
    case 'Conflict':
      return defer('BudgetConflict', outcome.message, budgetScope, { kind: 'at', time: now + CONFLICT_RETRY })
    case 'RefusedByWebhook':
      return rest('RefusedByWebhook', outcome.message)
    case 'Forbidden':
      return answer(
        'EvictionForbidden',
        `needs permission to create pods/eviction in namespace ${eviction.namespace}: ${outcome.message}`,
        { kind: 'stop', until: now + coolDown },
      )
    case 'Invalid':
      return rest('EvictionInvalid', outcome.message)
    case 'Lost':
      return answer('AnswerLost', `whether it happened is not known yet: ${outcome.message}`, { kind: 'unknown' })
  }
}

function budgetsScope(namespace: string, budgets: readonly BudgetRecord[]): Deferral['scope'] {
  return { kind: 'budgets', namespace, names: budgets.map(budget => budget.name) }
}
