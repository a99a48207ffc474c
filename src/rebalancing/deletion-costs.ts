import type { PodRecord } from '../cluster/pod.ts'
import type { Plan } from '../planning/plan-types.ts'
import type { Situation } from '../planning/situation.ts'
import { NO_SURPLUS, type Surplus } from '../planning/surplus.ts'
import { createAnnouncer } from './announcer.ts'
import { costChanges, tracesIn, type WantedCost } from './cost-changes.ts'
import { resultOf } from './cost-outcomes.ts'
import { costStatements } from './cost-statements.ts'
import type { Decision, LoopContext } from './loop-state.ts'
import type { AnnotationOutcome, Annotator, Occurrence } from './ports.ts'

/** What pointing scale-ins at surplus pods takes. */
export interface ScaleInHints {
  /** Which pods, of a plan just made on the newest state; synchronous and without effects. */
  readonly surplusOf: (plan: Plan, situation: Situation) => Surplus
  readonly annotator: Annotator
}

/** The second way to restore a spread: deletion costs that tell ReplicaSets which pods to give up when they scale in. */
export interface DeletionCosts {
  /** Begins to bring what is written on pods in line with a decision that was just made, one round of requests at a time. */
  follow(decision: Decision): void
  /** Gives up what is under way. */
  abort(): void
  /** @param stay whether what is written stays, because another loop goes on from here; else it is taken back, as far as a short time allows */
  end(stay: boolean): Promise<void>
  /** Pods that carry a cost of ours, or what is left of one, as of the last pass. */
  readonly standing: number
}

/** So much is begun in one pass; the next goes on, on the newest state. */
const MOST_PER_ROUND = 20
/** A process that is to end has half a minute or so. What it leaves, the next holder of the lease finds by the annotation beside the cost. */
const END_DEADLINE = 15_000

const LEFT: Occurrence = {
  reason: 'DeletionCostNotWritten',
  level: 'warning',
  message: 'the time was up before every deletion cost was taken back; the next process that holds the lease finds them',
}

/** @param ring asks for another pass */
export function createDeletionCosts(context: LoopContext, { surplusOf, annotator }: ScaleInHints, ring: () => void): DeletionCosts {
  const { settings } = context
  const { view, clock, recorder, leadership } = context.ports
  const announcer = createAnnouncer(recorder)
  /** Until when pods that were refused rest, by uid, in monotonic time. */
  const rests = new Map<string, number>()
  /** Pods that may carry a cost of this process which the view does not show yet, by uid. */
  const sent = new Map<string, PodRecord>()
  let round: Promise<void> = Promise.resolve()
  let isBusy = false
  let giveUp = new AbortController()
  let pausedUntil = clock.monotonic()
  let isForbidden = false
  let standing = 0

  function follow({ plan, situation }: Decision): void {
    const surplus = settings.deletionCosts ? surplusOf(plan, situation) : NO_SURPLUS
    const traces = tracesIn(view.state)
    const changes = costChanges(traces, surplus)
    standing = traces.length
    for (const { uid } of traces) sent.delete(uid)
    for (const [uid, { namespace, name }] of sent) if (view.state.pod(namespace, name)?.uid !== uid) sent.delete(uid)
    announcer.announce(costStatements(surplus, settings.dryRun ? changes : []))
    const now = clock.monotonic()
    if (settings.dryRun || isForbidden || isBusy || now < pausedUntil) return
    for (const [uid, until] of rests) if (until <= now) rests.delete(uid)
    const due = changes.filter(({ pod }) => !rests.has(pod.uid))
    if (due.length > 0) begin(due)
  }

  function begin(due: readonly WantedCost[]): void {
    isBusy = true
    round = write(due.slice(0, MOST_PER_ROUND)).finally(() => {
      isBusy = false
      if (due.length > MOST_PER_ROUND) ring()
    })
  }

  async function write(changes: readonly WantedCost[]): Promise<void> {
    const { signal } = giveUp
    await Promise.all(
      changes.map(async change => {
        const { namespace, name, uid } = change.pod
        const request = { namespace, pod: name, uid, cost: change.surplus?.cost }
        if (change.surplus !== undefined) sent.set(uid, change.pod)
        const outcome = await annotator
          .setDeletionCost(request, signal)
          .catch((error: unknown): AnnotationOutcome => ({ kind: 'Lost', message: String(error) }))
        // Whoever gave up does not care, and what was written the watch will show.
        if (!signal.aborted) receive(change, outcome)
      }),
    )
  }

  function receive(change: WantedCost, outcome: AnnotationOutcome): void {
    const { told, restMs } = resultOf(outcome, change, settings.coolDown)
    if (restMs !== undefined) rests.set(change.pod.uid, clock.monotonic() + restMs)
    if (outcome.kind === 'Throttled') pausedUntil = Math.max(pausedUntil, clock.monotonic() + outcome.retryAfterMs)
    // One missing permission is told once, not for every pod of the round.
    if (told !== undefined && !(outcome.kind === 'Forbidden' && isForbidden)) recorder.record(told)
    isForbidden ||= outcome.kind === 'Forbidden'
  }

  return {
    follow,
    abort: () => {
      giveUp.abort()
      giveUp = new AbortController()
    },
    end: async stay => {
      const { signal } = giveUp
      const cancel = clock.after(END_DEADLINE, () => giveUp.abort())
      await round
      const mayWrite = !stay && !settings.dryRun && !isForbidden && leadership.mayAct()
      const carriers = new Map([...sent, ...tracesIn(view.state).map(pod => [pod.uid, pod] as const)])
      if (mayWrite) await write([...carriers.values()].map(pod => ({ pod, surplus: undefined })))
      cancel()
      if (mayWrite && signal.aborted) recorder.record(LEFT)
    },
    get standing() {
      return standing
    },
  }
}
