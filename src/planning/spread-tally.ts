import { compareText } from '../cluster/compare-text.ts'
import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { DomainSet } from '../scheduling/node-layout.ts'
import type { EffectiveConstraint, SchedulerModel } from '../scheduling/scheduler-model.ts'
import { antiAffinityConstraints } from './anti-affinity.ts'
import { excessOf } from './excess.ts'
import type { GroupPlan } from './plan-types.ts'

/** The counts of one group as its plan leaves them, from which pods can be taken without anything coming in their place. */
export interface SpreadTally {
  readonly group: GroupPlan
  readonly excess: number
  count(domain: string): number
  /** Domains above what the constraint allows, the fullest first. */
  overfull(): readonly string[]
  /** The domain in which a member counts; undefined on a node that does not count. */
  domainOf(member: PodRecord): string | undefined
  /** By how much the excess changes if a pod of the domain goes. */
  changeWithout(domain: string): number
  take(domain: string): void
}

/** Names of the nodes of a domain that count. Not every one need: taints and node affinity may leave some out, with the pods on them. */
export type CountingNodes = (over: DomainSet, domain: string) => ReadonlySet<string>

/** Remembers what it was asked: a handful of sets serve the groups of a whole cluster. */
export function createCountingNodes(): CountingNodes {
  const known = new Map<DomainSet, Map<string, ReadonlySet<string>>>()
  return (over, domain) => {
    const byDomain = memo(known, over, () => new Map<string, ReadonlySet<string>>())
    return memo(byDomain, domain, () => {
      const number = over.topology.numberOf.get(domain)
      return new Set(number === undefined ? [] : over.nodesOf(number))
    })
  }
}

export function spreadTallyOf(group: GroupPlan, model: SchedulerModel, countingNodes: CountingNodes): SpreadTally {
  const { maxSkew } = group
  // Of the thousands of domains that the hostname key makes, only those with pods.
  const counts = new Map(group.domains.flatMap(({ name, countAfter }) => (countAfter > 0 ? [[name, countAfter] as const] : [])))
  let over: DomainSet | undefined
  const count = (domain: string): number => counts.get(domain) ?? 0
  let standing = standingOf(counts, group)

  return {
    group,
    get excess() {
      return standing.excess
    },
    count,
    overfull: () => {
      const allowed = standing.minimum + maxSkew
      const over = [...counts].filter(([, pods]) => pods > allowed)
      return over.sort(([a, ofA], [b, ofB]) => ofB - ofA || compareText(a, b)).map(([name]) => name)
    },
    domainOf: member => {
      const nodeName = member.nodeName ?? ''
      const domain = model.cluster.node(nodeName)?.labels.get(group.topologyKey)
      if (domain === undefined || !counts.has(domain)) return undefined
      over ??= domainsOf(model, group, member)
      return over !== undefined && countingNodes(over, domain).has(nodeName) ? domain : undefined
    },
    changeWithout: domain => {
      const pods = count(domain)
      if (pods > standing.minimum + maxSkew) return -1
      // A domain that falls below all others takes the global minimum with it, and what was just allowed is not any more.
      return pods === standing.minimum ? standing.atLimit : 0
    },
    take: domain => {
      const left = count(domain) - 1
      if (left > 0) counts.set(domain, left)
      else counts.delete(domain)
      standing = standingOf(counts, group)
    },
  }
}

/** What the counts amount to. */
interface Standing {
  readonly excess: number
  readonly minimum: number
  /** Domains that have as many pods as are allowed, or more. */
  readonly atLimit: number
}

/** @param counts of the domains that have any pods */
function standingOf(counts: ReadonlyMap<string, number>, { domains, maxSkew, minDomains }: GroupPlan): Standing {
  const isZero = counts.size < domains.length || domains.length < minDomains
  const all = [...counts.values(), ...(isZero ? [0] : [])]
  const minimum = all.reduce((lowest, pods) => Math.min(lowest, pods), Infinity)
  return { excess: excessOf(all, { maxSkew, minDomains: 1 }), minimum, atLimit: all.filter(pods => pods >= minimum + maxSkew).length }
}

/** What the group's constraint is counted over, by way of one of its members. */
function domainsOf(model: SchedulerModel, group: GroupPlan, member: PodRecord): DomainSet | undefined {
  const constraint = [...model.constraintsOf(member), ...antiAffinityConstraints(member)].find(candidate => isOf(group, candidate))
  return constraint && model.spreadOf(member, constraint).over
}

function isOf(group: GroupPlan, { topologyKey, whenUnsatisfiable, origin, maxSkew }: EffectiveConstraint): boolean {
  return (
    topologyKey === group.topologyKey &&
    whenUnsatisfiable === group.whenUnsatisfiable &&
    origin === group.origin &&
    maxSkew === group.maxSkew
  )
}
