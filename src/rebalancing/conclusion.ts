import { counted } from '../planning/counted.ts'
import { isOverMaxSkew } from '../planning/over-max-skew.ts'
import type { GroupPlan, Plan, PlannedEviction } from '../planning/plan-types.ts'
import type { Reason } from '../planning/reasons.ts'
import { IN_TURN } from './admission.ts'
import type { Decision, LoopState } from './loop-state.ts'
import type { LoopHold } from './loop-hold.ts'
import type { AnyReason } from './reasons.ts'
import type { LoopSettings } from './settings.ts'

/** How a run that is to end by itself has ended. */
export type Ending = 'Balanced' | 'NothingMoreToDo' | 'DryRun' | 'Stopped' | 'TimedOut' | 'Paused' | 'OutsideWindow'

/** What a run that ends by itself has achieved. */
export interface RunSummary {
  readonly reason: Ending
  readonly message: string
  readonly evictions: number
  /** Replacements that landed where they help. */
  readonly landed: number
  readonly missed: number
  /** Groups still over maxSkew, as far as a plan was made at all. */
  readonly remaining: readonly GroupPlan[]
  /** What a dry run would have done, in order. */
  readonly wouldEvict: readonly PlannedEviction[]
}

/** Reasons that time lifts, soon enough for a run to wait. Outages and what a person paused may last. */
const LIFTED_BY_TIME: ReadonlySet<Reason> = new Set<Reason>([
  'DrainInProgress',
  'DomainSettling',
  'CoolingDown',
  'Quarantined',
  'ScaledRecently',
  'ReplacementPending',
  'RefusedByWebhook',
  'RollingOut',
  'TooYoung',
  'Terminating',
  'Pending',
])

/** Whether a group that exceeds maxSkew is still to be helped: something is planned for it, or it waits for what time lifts. */
export function isToBeHelped({ excess, status, reason }: GroupPlan): boolean {
  return excess > 0 && (status === 'Violated' || status === 'Held' || LIFTED_BY_TIME.has(reason))
}

/** Waits that end with an answer the server will not change. */
const FINAL_ANSWERS: ReadonlySet<AnyReason> = new Set<AnyReason>(['SeveralBudgets', 'BudgetForbids'])

/**
 * Whether nothing is left to do or to wait for, and how that is called; undefined while something is.
 *
 * @param decision undefined in a pass in which the loop was held @param deadline when the time is up, milliseconds since the epoch
 */
export function conclusionOf(
  { memory, stopped }: LoopState,
  decision: Decision | undefined,
  { dryRun, paused }: LoopSettings,
  deadline: number,
): Ending | undefined {
  if (stopped !== undefined) return 'Stopped'
  if (paused) return 'Paused'
  if (decision === undefined) return undefined
  if (dryRun) return 'DryRun'
  const { plan, admission, outsideWindows } = decision
  if (memory.history.expectations.length > 0 || admission.admitted.length > 0) return undefined
  const left = plan.groups.filter(isOverMaxSkew)
  if (left.length === 0) return 'Balanced'
  // Whoever waits for a turn waits for others, of which none is under way.
  const mayCome = admission.waiting.filter(({ reason }) => !IN_TURN.has(reason) && !FINAL_ANSWERS.has(reason))
  const waits = mayCome.length > 0 || left.some(({ reason }) => LIFTED_BY_TIME.has(reason))
  if (!waits) return 'NothingMoreToDo'
  if (outsideWindows !== undefined && (outsideWindows.until ?? Number.POSITIVE_INFINITY) > deadline) return 'OutsideWindow'
  return undefined
}

/** @param hold why the loop did nothing at the end @param plan the latest; undefined when none was ever made */
export function summaryOf({ ending, stopped, tally }: LoopState, hold: LoopHold | undefined, plan: Plan | undefined): RunSummary {
  const remaining = (plan?.groups ?? []).filter(isOverMaxSkew)
  const reason = ending ?? 'Stopped'
  const groups = `${counted(remaining.length, 'group')} over maxSkew`
  const planned = plan?.evictions ?? []
  const messages: Readonly<Record<Ending, string>> = {
    Balanced: 'every group is within maxSkew',
    NothingMoreToDo: `nothing more can be done for ${groups}`,
    DryRun: `nothing was evicted; ${counted(planned.length, 'eviction is', 'evictions are')} planned for ${groups}`,
    Stopped: stopped?.message ?? `stopped with ${groups}`,
    Paused: 'nothing was evicted: the configuration says paused: true',
    OutsideWindow: `${groups} left as they are: ${hold?.message ?? 'no maintenance window is open'}`,
    TimedOut: `the time is up with ${groups}${hold === undefined ? '' : `: ${hold.message}`}`,
  }
  const { evicted: evictions, helped: landed, missed } = tally
  const wouldEvict = reason === 'DryRun' ? planned : []
  return { reason, message: messages[reason], evictions, landed, missed, remaining, wouldEvict }
}
