import type { Delta } from '../cluster/cluster-state.ts'
import type { GroupPlan, Plan } from '../planning/plan-types.ts'
import type { Planner } from '../planning/planner.ts'
import type { Policy } from '../planning/policy.ts'
import type { Situation } from '../planning/situation.ts'
import { admit, IN_TURN, type Admission } from './admission.ts'
import { createDeletionCosts, type ScaleInHints } from './deletion-costs.ts'
import { conclusionOf, summaryOf, type Ending, type RunSummary } from './conclusion.ts'
import { inForce } from './deferrals.ts'
import { createDomainWatch } from './domain-watch.ts'
import { createDrainWatch } from './drain-watch.ts'
import type { Episode } from './episodes.ts'
import { createEvicting } from './evicting.ts'
import { heed, type Expectation } from './expectations.ts'
import type { LoopHold } from './loop-hold.ts'
import type { Decision, LoopContext, LoopState } from './loop-state.ts'
import { outsideWindows } from './maintenance-windows.ts'
import { createMemory } from './memory.ts'
import { giveSecondChances, heedMovedBack, observeAndLearn } from './observing.ts'
import type { LoopPorts } from './ports.ts'
import { notReady, obstacle } from './readiness.ts'
import { createScaleWatch } from './scale-watch.ts'
import { stillThere } from './refusals.ts'
import type { LoopSettings } from './settings.ts'
import { situationOf } from './situation.ts'
import { createStops } from './stops.ts'
import { createTelling } from './telling.ts'
import { createWakeUp } from './wake-up.ts'

/** Plans on the newest state, synchronously and without effects; whoever provides it keeps it up to date. */
export type UpToDatePlanner = Pick<Planner, 'prepare' | 'plan'>

export interface LoopStatus {
  /** Why the loop evicts nothing at present. */
  readonly hold: LoopHold | undefined
  /** The latest plan. */
  readonly plan: Plan | undefined
  readonly inFlight: number
  /** Pods that carry a deletion cost of ours. */
  readonly deletionCosts: number
  /** Evicted pods whose replacement is not Ready long after. */
  readonly overdue: number
  /** The evictions that these two count, one by one. */
  readonly underWay: readonly Expectation[]
  readonly episode: Episode | undefined
}

export interface Loop {
  /** Runs until {@link Loop.stop}. Rejects only when the planner itself fails. */
  start(): Promise<void>
  /**
   * Sends nothing more, waits for the answers to what was sent, takes deletion costs back and stores the history.
   *
   * @param handOver another loop of this process goes on from here: the costs stay
   */
  stop(options?: { readonly handOver: boolean }): Promise<void>
  /** Runs until every group is balanced, nothing more can be done, or the time is up. */
  runUntilSettled(options: { readonly timeoutMs: number }): Promise<RunSummary>
  /** What plans are made from has been put right: what was decided before is decided again, at once. */
  reconsider(): void
  status(): LoopStatus
}

/** So many times what may be in flight is planned at first: some of it has to wait for its budget or its group. */
const ENOUGH_FOR = 4

/**
 * The closed loop: turns plans into evictions, a few at a time, and learns from where the replacements land. It lives once.
 *
 * @param scaleIn the second way to restore a spread; absent: there is none, and what another process wrote on pods stays
 */
export function createLoop(
  ports: LoopPorts,
  planner: UpToDatePlanner,
  policy: Policy,
  settings: LoopSettings,
  scaleIn?: ScaleInHints,
): Loop {
  const { view, clock, leadership } = ports
  const memory = createMemory(ports.history, ports.recorder)
  const tally = { evicted: 0, helped: 0, missed: 0 }
  const state: LoopState = { memory, deferrals: [], refusals: [], stopped: undefined, ending: undefined, changes: 0, renewals: 0, tally }
  const context: LoopContext = { ports, settings, state }
  const stops = createStops(context)
  const domains = createDomainWatch(view.state, policy, settings.holdDown, clock)
  const isOurs = (uid: string): boolean => memory.history.expectations.some(expectation => expectation.uid === uid)
  const drains = createDrainWatch(view.state, settings.holdDown, clock, isOurs)
  const scales = createScaleWatch(settings.coolDown, clock)
  const wakeUp = createWakeUp(clock, settings)
  const evicting = createEvicting(context, () => wakeUp.ring())
  const costs = scaleIn && createDeletionCosts(context, scaleIn, () => wakeUp.ring())
  const tell = createTelling(context)
  let latest: Pick<LoopStatus, 'hold' | 'plan'> = { hold: undefined, plan: undefined }

  async function run(deadline: number | undefined): Promise<void> {
    while (state.ending === undefined) {
      // 1 Fresh? Without the lease, the history or a current view nothing is done.
      let hold = (await notReady(context, stops)) ?? obstacle(context)
      if (hold === undefined && (await prepare())) hold = await notReady(context, stops)
      hold ??= obstacle(context)
      const decision = hold === undefined ? decide() : undefined
      latest = { hold: hold ?? decision?.outsideWindows, plan: decision?.plan ?? latest.plan }
      tell(latest.hold, decision)
      if (decision !== undefined) giveSecondChances(context, decision.plan)
      // 5 Evict: each is validated again on the newest state and written to the history first. What evictions will not mend, a scale-in may.
      if (decision !== undefined) costs?.follow(decision)
      if (decision !== undefined && !settings.dryRun) await evicting.send(decision, decide)
      if (deadline !== undefined) state.ending ??= conclusionOf(state, decision, settings, deadline)
      // 6 Observe what becomes of it, and learn.
      if (state.ending === undefined) await wakeUp.sleep(untilLifted(latest.hold))
      observe()
    }
  }

  /** Long work of the next plan is done before it, a slice at a time. Returns whether anything else had its turn meanwhile. */
  async function prepare(): Promise<boolean> {
    let isInterrupted = false
    for (const _step of planner.prepare(situationAt(clock.now()))) {
      const rest = ports.rest()
      if (rest === undefined) continue
      isInterrupted = true
      await rest
      if (state.ending !== undefined) break
    }
    return isInterrupted
  }

  function decide(): Decision {
    observe()
    // 2 Settled? Domains hold still and drains end first, workloads rest, and what is in flight is counted.
    const now = clock.now()
    state.deferrals = inForce(state.deferrals, view.state, now)
    state.refusals = stillThere(state.refusals, view.state)
    let situation = situationAt(now)
    // 3 Plan the whole way, or as much of it as can be admitted now.
    let most = ENOUGH_FOR * policy.caps.cluster
    let plan = planner.plan(situation, most)
    if (heedMovedBack(context, plan)) {
      situation = situationAt(now)
      plan = planner.plan(situation, most)
    }
    // 4 Admit what windows, waves, answers, rounds, budgets and caps allow at this moment.
    const shut = outsideWindows(settings.windows, now)
    let admission = admitted(plan, now, shut)
    const mayGoOn = (): boolean => shut === undefined && mayFindMore(plan, admission)
    while (mayGoOn()) {
      most *= ENOUGH_FOR
      plan = planner.plan(situation, most)
      admission = admitted(plan, now, shut)
    }
    return { situation, plan, admission, outsideWindows: shut, asOf: state.changes }
  }

  /** Whether more of the plan may hold something to admit, where what there is of it does not: not if all of that merely waits for its turn. */
  function mayFindMore({ isWhole, groups }: Plan, { admitted, waiting }: Admission): boolean {
    if (isWhole || admitted.length > 0 || memory.history.expectations.length >= policy.caps.cluster) return false
    return waiting.some(({ reason }) => !IN_TURN.has(reason)) || groups.some(({ reason }) => reason === 'NotYetPlanned')
  }

  function admitted({ evictions }: Plan, now: number, shut: LoopHold | undefined): Admission {
    const { expectations, rounds } = memory.history
    const { deferrals } = state
    const { coolDown } = settings
    const world = { cluster: view.state, caps: policy.caps, expectations, rounds, deferrals, outsideWindows: shut, now, coolDown }
    return admit(evictions, world)
  }

  function situationAt(now: number): Situation {
    const seen = { domainHolds: domains.holds(), drains: drains.drains(), scaled: scales.holds() }
    return situationOf(memory.history, state.deferrals, state.refusals, view.state, seen, now, settings.coolDown)
  }

  /** What waits for a certain time wakes up then: a window that opens does not wait for the tick. */
  function untilLifted(hold: LoopHold | undefined): number | undefined {
    return hold?.until === undefined ? undefined : hold.until - clock.now()
  }

  function observe(): void {
    observeAndLearn(context, groupsNow, () => domains.holds())
    stops.judge()
  }

  function groupsNow(): readonly GroupPlan[] {
    // Their counts alone: no move is looked for.
    return planner.plan(situationAt(clock.now()), 0).groups
  }

  function onChange(delta: Delta): void {
    state.changes += 1
    domains.note(delta)
    drains.note(delta)
    scales.note(delta)
    memory.history = { ...memory.history, expectations: heed(memory.history.expectations, delta, view.state) }
    wakeUp.ring()
  }

  function onLeadership(): void {
    if (!leadership.mayAct()) {
      // Whoever holds the lease now writes the history.
      memory.forget()
      stops.forget()
      evicting.abort()
      costs?.abort()
    }
    wakeUp.wakeNow()
  }

  /** @param deadline of a run that ends by itself, milliseconds since the epoch */
  async function live(deadline?: number): Promise<void> {
    const unsubscribe = [view.subscribe(onChange), leadership.subscribe(onLeadership)]
    try {
      await run(deadline)
      await evicting.settled()
      observe()
      if (leadership.mayAct() && memory.recalled && !settings.dryRun) await memory.keep()
      await costs?.end(handsOver ?? false)
    } finally {
      for (const stop of unsubscribe) stop()
    }
  }

  function end(how: Ending): void {
    state.ending ??= how
    wakeUp.wakeNow()
  }

  /** Only if all who stop it say so: a process that ends meanwhile has no other loop to go on from here. Undefined: nobody has stopped it yet. */
  let handsOver: boolean | undefined
  let life: Promise<void> = Promise.resolve()
  return {
    start: () => (life = live()),
    stop: async ({ handOver } = { handOver: false }) => {
      handsOver = handOver && handsOver !== false
      end('Stopped')
      await life
    },
    runUntilSettled: async ({ timeoutMs }) => {
      const cancel = clock.after(timeoutMs, () => end('TimedOut'))
      life = live(clock.now() + timeoutMs)
      await life
      cancel()
      return summaryOf(state, latest.hold, latest.plan)
    },
    reconsider: () => {
      state.changes += 1
      state.renewals += 1
      wakeUp.wakeNow()
    },
    status: () => {
      const { expectations, episode } = memory.history
      const overdue = expectations.filter(expectation => expectation.overdue).length
      return {
        ...latest,
        inFlight: expectations.length - overdue,
        deletionCosts: costs?.standing ?? 0,
        overdue,
        underWay: expectations,
        episode,
      }
    },
  }
}
