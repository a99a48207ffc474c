import { compareText } from '../cluster/compare-text.ts'
import { deletionCostOf } from '../cluster/deletion-cost.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { WorkloadName } from './plan-types.ts'
import type { SpreadTally } from './spread-tally.ts'
import type { Candidate } from './surplus-candidates.ts'

/** A pod that the next scale-in of its ReplicaSet should take. */
export interface SurplusPod {
  readonly pod: PodRecord
  readonly workload: WorkloadName
  readonly topologyKey: string
  readonly domain: string
  /** The fuller the domain, the lower: so that of several domains the fullest is levelled first. */
  readonly cost: number
}

/**
 * Takes pods until no group exceeds its maxSkew or nobody is left: the worst group first, each pod from its fullest domain, and only where that
 * lowers the excess of the pod's groups together.
 *
 * @param candidates in the order in which they should go where it does not matter @param tallies of all their groups
 */
export function chooseSurplus(candidates: readonly Candidate[], tallies: readonly SpreadTally[]): readonly SurplusPod[] {
  const talliesOf = new Map<string, SpreadTally[]>(candidates.map(({ pod }) => [pod.uid, []]))
  for (const tally of tallies) for (const uid of tally.group.memberUids) talliesOf.get(uid)?.push(tally)
  const taken = new Set<string>()
  const chosen: SurplusPod[] = []

  const changeWithout = (pod: PodRecord): number =>
    (talliesOf.get(pod.uid) ?? []).reduce((sum, tally) => {
      const domain = tally.domainOf(pod)
      return domain === undefined ? sum : sum + tally.changeWithout(domain)
    }, 0)

  const take = ({ pod, workload, scaleIn }: Candidate, { group }: SpreadTally, domain: string, cost: number): void => {
    taken.add(pod.uid)
    // What somebody else has set cannot be written over, so that the next in line takes its place.
    if (deletionCostOf(pod.annotations).kind !== 'foreign') scaleIn.left -= 1
    for (const tally of talliesOf.get(pod.uid) ?? []) {
      const from = tally.domainOf(pod)
      if (from !== undefined) tally.take(from)
    }
    chosen.push({ pod, workload, topologyKey: group.topologyKey, domain, cost })
  }

  const takeOne = (tally: SpreadTally, byDomain: ReadonlyMap<string | undefined, readonly Candidate[]>): boolean => {
    for (const domain of tally.overfull()) {
      const cost = -tally.count(domain)
      const free = (byDomain.get(domain) ?? []).filter(({ pod, scaleIn }) => scaleIn.left > 0 && !taken.has(pod.uid))
      const best = bestOf(free, cost, changeWithout)
      if (best === undefined) continue
      take(best, tally, domain, cost)
      return true
    }
    return false
  }

  for (const tally of [...tallies].sort(worstFirst)) {
    if (tally.excess === 0) continue
    const members = candidates.filter(({ pod }) => talliesOf.get(pod.uid)?.includes(tally))
    const byDomain = Map.groupBy(members, ({ pod }) => tally.domainOf(pod))
    while (tally.excess > 0 && takeOne(tally, byDomain));
  }
  return chosen
}

/** Of those whose going lowers the excess the one that lowers it most. */
function bestOf(candidates: readonly Candidate[], cost: number, changeWithout: (pod: PodRecord) => number): Candidate | undefined {
  let best: { readonly candidate: Candidate; readonly rank: number } | undefined
  for (const candidate of candidates) {
    const change = changeWithout(candidate.pod)
    if (change >= 0) continue
    // A cost of somebody else comes last, whatever its pod would do for the spread.
    const standing = standingOf(candidate.pod, cost)
    const rank = standing === LAST ? Number.MAX_SAFE_INTEGER : change * LAST + standing
    if (best === undefined || rank < best.rank) best = { candidate, rank }
  }
  return best?.candidate
}

const LAST = 4

/**
 * Among equals, so that little is written anew: who carries this cost already, who carries a lower one of ours, which nobody will need any more
 * since costs only rise from here; then who carries none, then who may carry the right one for later.
 */
function standingOf(pod: PodRecord, cost: number): number {
  const current = deletionCostOf(pod.annotations)
  if (current.kind === 'foreign') return LAST
  if (current.kind === 'none') return 2
  return current.value === cost ? 0 : current.value < cost ? 1 : 3
}

/** Hard before soft, as the planner goes. */
function worstFirst(a: SpreadTally, b: SpreadTally): number {
  const isSoft = ({ group }: SpreadTally): boolean => group.whenUnsatisfiable === 'ScheduleAnyway'
  return Number(isSoft(a)) - Number(isSoft(b)) || b.excess - a.excess || compareText(a.group.id, b.group.id)
}
