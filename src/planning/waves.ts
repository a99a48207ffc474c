import type { BudgetRecord } from '../cluster/budget.ts'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { budgetsOf, evictionAllowance } from '../scheduling/budget-arithmetic.ts'
import { addTo } from '../scheduling/tallies.ts'
import type { AffinityTies } from './affinity-ties.ts'
import { budgetRefusal } from './budget-refusal.ts'
import { CAPS, capsOn, NODE_CAP, placeOf, type Cap } from './caps.ts'
import { isDeferredBy } from './deferred.ts'
import type { Policy } from './policy.ts'
import type { Veto } from './reasons.ts'
import type { InFlight, Situation } from './situation.ts'
import type { Owners } from './workloads.ts'

/** What is to be evicted: a pod, whatever counts it, and what else its landing leans on. */
export interface Victim {
  readonly pod: PodRecord
  readonly owners: Owners
  readonly groups: readonly unknown[]
  /** Victims of earlier evictions that must be gone before it, for its replacement takes their place. */
  readonly leavers: readonly PodRecord[]
  readonly affinity: AffinityTies
}

/** When an eviction may go. */
interface Turn<V> {
  readonly victim: V
  /** From 1. */
  readonly wave: number
  /** What its budget has against it at this moment. */
  readonly waitsFor: Veto | undefined
}

/**
 * Assigns each eviction, in the order of the plan, to the first wave whose caps and budgets have room for it and after which no earlier eviction of its
 * groups comes. Those whose place its replacement takes have to be gone before, and what affinity draws it to, or away from, to be there or gone: within
 * a wave nobody knows what lands first, and terminating pods hold their room and count for affinity as long as they are there, if not for spread
 * (podtopologyspread/common.go countPodsMatchSelector, 1.36). Wave 1 is what may be in flight together right now; a wave that
 * allows nothing (an exhausted budget) leaves its place to what comes later, so that a plan's first wave can be empty. So does what an answer of the
 * API server defers: it has a wave, and takes nothing of it; what leans on it comes later.
 */
export function wavesOf<V extends Victim>(
  victims: readonly V[],
  cluster: ClusterReader,
  policy: Policy,
  situation: Situation,
): readonly Turn<V>[] {
  const quotasOn = createQuotas(cluster, policy, situation)
  const latestOf = new Map<unknown, number>()
  /** Of those that others wait for. */
  const waveOf = new Map<PodRecord, number>()
  const awaited = new Set(victims.flatMap(({ leavers }) => leavers))
  const latestWeighing = new Map<object, number>()
  const isDeferred = ({ pod }: Victim): boolean => {
    if (situation.deferred.length === 0) return false
    const budgets = budgetsOf(cluster, pod).map(({ name }) => name)
    return situation.deferred.some(scope => isDeferredBy(scope, pod, budgets))
  }
  return victims.map(victim => {
    const { quotas, waitsFor } = quotasOn(victim)
    let wave = 1
    for (const pod of victim.leavers) wave = Math.max(wave, 1 + (waveOf.get(pod) ?? 0))
    for (const group of victim.groups) wave = Math.max(wave, latestOf.get(group) ?? 1)
    for (const tie of victim.affinity.leansOn) wave = Math.max(wave, 1 + (latestWeighing.get(tie) ?? 0))
    wave = firstOpenInAll(quotas, wave)
    // Others of a wave follow at once, but nobody knows when one that is deferred will have gone.
    const next = isDeferred(victim) ? wave + 1 : wave
    if (next === wave) for (const { taken } of quotas) addTo(taken, wave, 1)
    for (const group of victim.groups) latestOf.set(group, next)
    for (const tie of victim.affinity.weighsIn) latestWeighing.set(tie, Math.max(next, latestWeighing.get(tie) ?? 1))
    if (awaited.has(victim.pod)) waveOf.set(victim.pod, next)
    return { victim, wave, waitsFor }
  })
}

/** What a cap or a budget allows in each wave, and what of it is taken. */
interface Quota {
  /** In the first wave. */
  now: number
  /** In every other. */
  later: number
  /** By wave. */
  readonly taken: Map<number, number>
  /** All waves before it are full. */
  openFrom: number
}

interface BudgetQuota extends Quota {
  /** Why it allows nothing now, whatever is in flight. */
  readonly refusal: Veto | undefined
}

/** Everything that an eviction takes a place of, and what its budget has against it at this moment. */
interface Takes {
  readonly quotas: readonly Quota[]
  readonly waitsFor: Veto | undefined
}

/** The first wave from that one on that has room. */
function firstOpen(quota: Quota, from: number): number {
  let wave = Math.max(from, quota.openFrom)
  while ((quota.taken.get(wave) ?? 0) >= (wave === 1 ? quota.now : quota.later)) wave += 1
  if (from <= quota.openFrom) quota.openFrom = wave
  return wave
}

/** One may be full where another has room, so it goes on until all of them agree. */
function firstOpenInAll(quotas: readonly Quota[], from: number): number {
  let wave = from
  let before: number
  do {
    before = wave
    for (const quota of quotas) wave = firstOpen(quota, wave)
  } while (wave !== before)
  return wave
}

function createQuotas(cluster: ClusterReader, { caps }: Policy, { inFlight }: Situation): (victim: Victim) => Takes {
  const byCap = new Map(CAPS.map(cap => [cap, new Map<string, CapQuota>()]))
  const byBudget = new Map<BudgetRecord, BudgetQuota>()
  /** Those of the pods of one workload, which mostly come one after the other: only their nodes differ. */
  let latest: { readonly owners: Owners; readonly caps: readonly Cap[]; readonly quotas: readonly Quota[] } | undefined
  const quotaOf = (cap: Cap, key: string): CapQuota => memo(byCap.get(cap) ?? new Map<string, CapQuota>(), key, newQuota)
  for (const cap of CAPS) {
    if (cap.countsEarlier) for (const flight of inFlight) quotaOf(cap, cap.keyOf(flight)).inFlight += 1
  }

  return ({ pod, owners }) => {
    const place = placeOf(pod, owners)
    const limited = (cap: Cap): Quota => {
      const quota = quotaOf(cap, cap.keyOf(place))
      const limit = cap.limit(caps, owners)
      // Of the ReplicaSets of a custom resource, which share its cap, each has replicas of its own.
      if (limit !== quota.later) setLimit(quota, limit)
      return quota
    }
    const applying = capsOn(pod, cluster)
    if (latest?.owners !== owners || latest.caps !== applying) {
      latest = { owners, caps: applying, quotas: applying.filter(cap => cap !== NODE_CAP).map(limited) }
    }
    const quotas = [limited(NODE_CAP), ...latest.quotas]
    const budget = budgetQuota(pod)
    if (budget !== undefined) quotas.push(budget)
    return { quotas, waitsFor: budget?.refusal }
  }

  function budgetQuota(pod: PodRecord): BudgetQuota | undefined {
    const allowed = evictionAllowance(cluster, pod)
    switch (allowed.kind) {
      // Also a pod that is not Ready, where unhealthyPodEvictionPolicy lets it go without spending of the budget.
      case 'bypass':
      case 'severalBudgets': // vetoed; no limit of one budget says anything about it
        return undefined
      case 'allowed':
      case 'lagging':
      case 'exhausted':
      case 'forbidden': {
        const { budget } = allowed
        return budget && memo(byBudget, budget, () => quotaOfBudget(budget, budgetRefusal(allowed), inFlight))
      }
    }
  }
}

interface CapQuota extends Quota {
  /** How many count against it already. */
  inFlight: number
}

const newQuota = (): CapQuota => ({ inFlight: 0, now: 0, later: 0, taken: new Map(), openFrom: 1 })

function setLimit(quota: CapQuota, limit: number): void {
  quota.now = limit - quota.inFlight
  quota.later = limit
  quota.openFrom = 1
}

function quotaOfBudget({ namespace, name, status }: BudgetRecord, refusal: Veto | undefined, inFlight: readonly InFlight[]): BudgetQuota {
  const { disruptionsAllowed, expectedPods, desiredHealthy } = status
  const unshown = inFlight.filter(flight => flight.namespace === namespace && !flight.budgetShows && flight.budgets.includes(name)).length
  // Later waves come when the replacements of the earlier ones are Ready, so the budget has recovered what it allows at best.
  const later = Math.max(1, expectedPods - desiredHealthy)
  return { now: refusal === undefined ? disruptionsAllowed - unshown : 0, later, taken: new Map(), openFrom: 1, refusal }
}
