import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { budgetRefusal } from '../planning/budget-refusal.ts'
import { capsOn, placeOf } from '../planning/caps.ts'
import type { PlannedEviction } from '../planning/plan-types.ts'
import type { Policy } from '../planning/policy.ts'
import { workloadKey, type OfWorkload } from '../planning/workload-key.ts'
import { ownersOf } from '../planning/workloads.ts'
import { budgetsOf, evictionAllowance } from '../scheduling/budget-arithmetic.ts'
import { leftInRound, type Round } from './cool-downs.ts'
import { deferralOf, type Deferral } from './deferrals.ts'
import type { Expectation } from './expectations.ts'
import type { LoopHold } from './loop-hold.ts'
import type { AnyReason } from './reasons.ts'

/** What decides which evictions of a plan may go out now. */
export interface AdmissionWorld {
  readonly cluster: ClusterReader
  readonly caps: Policy['caps']
  readonly expectations: readonly Expectation[]
  readonly rounds: readonly Round[]
  readonly deferrals: readonly Deferral[]
  /** Why nothing may go out whatever it is: no maintenance window is open. */
  readonly outsideWindows: LoopHold | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Milliseconds. */
  readonly coolDown: number
}

/** Why a planned eviction does not go out now. */
interface Waiting {
  readonly eviction: PlannedEviction
  readonly reason: AnyReason
  readonly message: string
}

export interface Admission {
  readonly admitted: readonly PlannedEviction[]
  readonly waiting: readonly Waiting[]
}

/** Reasons of evictions that merely wait until others of their workload or their plan have gone. */
export const IN_TURN: ReadonlySet<AnyReason> = new Set<AnyReason>(['LaterWave', 'LandingAwaited'])

/** Walks the plan in its order and admits what every gate lets pass, those admitted before counted in. */
export function admit(evictions: readonly PlannedEviction[], world: AdmissionWorld): Admission {
  const admitted: PlannedEviction[] = []
  const waiting: Waiting[] = []
  const sameWave: Slot[] = []
  const door: Door = { ...world, inFlight: world.expectations.filter(({ overdue }) => !overdue), sameWave }
  for (const eviction of evictions) {
    const pod = world.cluster.pod(eviction.namespace, eviction.pod)
    if (pod === undefined) {
      waiting.push({ eviction, reason: 'PodGone', message: 'the pod is gone' })
      continue
    }
    const refusal = firstRefusal({ eviction, pod }, door)
    if (refusal !== undefined) {
      waiting.push({ eviction, ...refusal })
      continue
    }
    admitted.push(eviction)
    sameWave.push({ ...eviction, budgets: budgetNames(world.cluster, pod), budgetShows: false })
  }
  return { admitted, waiting }
}

/** Names of the budgets that cover the pod. */
export function budgetNames(cluster: ClusterReader, pod: PodRecord): readonly string[] {
  return budgetsOf(cluster, pod).map(({ name }) => name)
}

/** What counts against caps and budgets. */
interface Slot extends OfWorkload {
  readonly node: string
  readonly budgets: readonly string[]
  readonly budgetShows: boolean
}

interface Candidate {
  readonly eviction: PlannedEviction
  readonly pod: PodRecord
}

interface Door extends AdmissionWorld {
  readonly inFlight: readonly Expectation[]
  /** Admitted before it in this pass. */
  readonly sameWave: readonly Slot[]
}

type Refusal = Omit<Waiting, 'eviction'>
type Gate = (candidate: Candidate, door: Door) => Refusal | undefined

/** Asked in this order; the first that refuses is the reason. */
const GATES: readonly Gate[] = [
  windowIsShut,
  isExpected, // never two evictions for one pod
  isDeferred, // an answer of the API server asks to wait
  landingIsAwaited, // what the plan was wrong about shows in one eviction, not in as many as a budget allows
  roundIsSpent,
  budgetIsSpent,
  capIsReached,
  isOfLaterWave, // its landing counts on moves that have not happened; last, for what keeps them all waiting says more
]

function firstRefusal(candidate: Candidate, door: Door): Refusal | undefined {
  for (const gate of GATES) {
    const refusal = gate(candidate, door)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

function windowIsShut(_: Candidate, { outsideWindows }: Door): Refusal | undefined {
  return outsideWindows
}

function isOfLaterWave({ eviction }: Candidate): Refusal | undefined {
  return eviction.wave > 1 ? { reason: 'LaterWave', message: 'it comes after evictions of an earlier wave' } : undefined
}

function isExpected({ eviction }: Candidate, { expectations }: Door): Refusal | undefined {
  if (!expectations.some(({ uid }) => uid === eviction.uid)) return undefined
  return { reason: 'AlreadyRequested', message: 'its eviction was requested and the watch has not shown the effect yet' }
}

function isDeferred({ eviction, pod }: Candidate, { cluster, deferrals }: Door): Refusal | undefined {
  const deferral = deferralOf(deferrals, eviction, budgetNames(cluster, pod))
  return deferral === undefined ? undefined : { reason: deferral.reason, message: deferral.message }
}

/** Evictions of a workload go out one after the other until each is bound, and wait for readiness together. */
function landingIsAwaited({ eviction }: Candidate, { cluster, inFlight, sameWave }: Door): Refusal | undefined {
  const key = workloadKey(eviction)
  const isOfIt = (of: OfWorkload): boolean => workloadKey(of) === key
  const awaited = inFlight.find(flight => isOfIt(flight) && flight.landedIn === undefined)
  if (awaited === undefined && !sameWave.some(isOfIt)) return undefined
  const replacement = [...cluster.podsOf(awaited?.controllerUid ?? '')].find(({ uid }) => uid === awaited?.replacementUid)
  if (awaited === undefined || replacement?.unschedulableMessage === undefined) {
    return { reason: 'LandingAwaited', message: 'an earlier eviction of its workload comes first' }
  }
  const message = `the replacement ${replacement.name} of ${awaited.pod} is Pending: ${replacement.unschedulableMessage}`
  return { reason: 'ReplacementPending', message }
}

function roundIsSpent({ eviction }: Candidate, { rounds, sameWave, now, coolDown }: Door): Refusal | undefined {
  const left = leftInRound(rounds, eviction, now, coolDown)
  const key = workloadKey(eviction)
  if (left === undefined || sameWave.filter(slot => workloadKey(slot) === key).length < left) return undefined
  return { reason: 'CoolingDown', message: 'the evictions that its plan asked for are spent' }
}

/** The status of a budget lags behind evictions of ours that it has not named yet. */
function budgetIsSpent({ pod }: Candidate, { cluster, inFlight, sameWave }: Door): Refusal | undefined {
  const allowance = evictionAllowance(cluster, pod)
  if (allowance.kind !== 'allowed') return budgetRefusal(allowance)
  const { budget } = allowance
  if (budget === undefined) return undefined
  const unshown = [...inFlight, ...sameWave].filter(
    slot => slot.namespace === budget.namespace && !slot.budgetShows && slot.budgets.includes(budget.name),
  )
  if (unshown.length < budget.status.disruptionsAllowed) return undefined
  return { reason: 'BudgetExhausted', message: `evictions under way use what budget ${budget.name} allows` }
}

function capIsReached({ pod }: Candidate, { cluster, caps, inFlight, sameWave }: Door): Refusal | undefined {
  const owners = ownersOf(cluster, pod)
  const place = placeOf(pod, owners)
  for (const cap of capsOn(pod, cluster)) {
    const key = cap.keyOf(place)
    const limit = cap.limit(caps, owners)
    const slots = cap.countsEarlier ? [...inFlight, ...sameWave] : sameWave
    if (slots.filter(slot => cap.keyOf(slot) === key).length < limit) continue
    return { reason: cap.reason, message: `as many evictions ${cap.whose(place, owners)} are in flight as may be: ${limit}` }
  }
  return undefined
}
