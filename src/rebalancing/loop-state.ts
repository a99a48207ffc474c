import type { Plan } from '../planning/plan-types.ts'
import type { Situation } from '../planning/situation.ts'
import type { Admission } from './admission.ts'
import type { Ending } from './conclusion.ts'
import type { Deferral } from './deferrals.ts'
import type { Memory } from './memory.ts'
import type { LoopPorts } from './ports.ts'
import type { LoopHold } from './loop-hold.ts'
import type { Refusal } from './refusals.ts'
import type { LoopSettings } from './settings.ts'

/** What one look at the world leads to. */
export interface Decision {
  readonly situation: Situation
  readonly plan: Plan
  /** Which evictions of the plan may go out now. */
  readonly admission: Admission
  /** Why none may go out at all: every maintenance window is shut. */
  readonly outsideWindows: LoopHold | undefined
  /** {@link LoopState.changes} when it was made. */
  readonly asOf: number
}

/** What the loop knows from one pass to the next. The loop owns it; the steps that change it are given it. */
export interface LoopState {
  readonly memory: Memory
  /** What the API server's answers ask to wait for, a moment. */
  deferrals: readonly Deferral[]
  /** Pods that it refuses to evict. */
  refusals: readonly Refusal[]
  /** A person must act. For good, or, where it has an end, until it is tried again. */
  stopped: LoopHold | undefined
  /** Set once: no further pass, no further request. */
  ending: Ending | undefined
  /** Counts whatever may make a decision out of date: changes of the cluster, answers of the API server. */
  changes: number
  /** Counts how often what plans are made from was put right: no eviction goes out that was decided before. */
  renewals: number
  readonly tally: { evicted: number; helped: number; missed: number }
}

/** What every step is given. */
export interface LoopContext {
  readonly ports: LoopPorts
  readonly settings: LoopSettings
  readonly state: LoopState
}
