import { compareText } from '../cluster/compare-text.ts'
import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { createStraightCount } from '../scheduling/count-straight.ts'
import type { Difference } from '../scheduling/difference.ts'
import { groupName } from './check-members.ts'
import type { DomainIndex } from './domain-index.ts'
import { domainText } from './domain-text.ts'
import { hardKeysOf, whatIsAsked, wouldHave } from './eligibility.ts'
import type { HeldGroup } from './held-groups.ts'
import type { World } from './plan.ts'

/** Domains of a group by the nodes that count. */
interface Counting {
  readonly domainOf: ReadonlyMap<string, string>
  readonly domains: ReadonlySet<string>
}

/**
 * Compares pods by domain, as the scheduler model counts them and as the planner holds them, with a count from nodes, pods and selector alone. Good
 * for one state of the cluster. The answer says how many nodes and pods had to be looked at.
 */
export function createCountCheck({ cluster, model }: World) {
  const countStraight = createStraightCount(model)
  const counting = createCounting({ cluster, model })
  /** What the domains of groups have been found to be the same as. */
  const alike = new Map<DomainIndex, Counting>()

  return ({ members, constraint, state }: HeldGroup): { readonly differences: readonly Difference[]; readonly looks: number } => {
    const representative = state?.group.representative ?? members.values().next().value
    if (representative === undefined) return { differences: [], looks: 0 }
    const about = groupName(cluster, representative, constraint)
    const straight = countStraight(representative, constraint)
    const { over, byNumber } = model.spreadOf(representative, constraint)
    const differences = differentCounts('counts', about, over.topology.names, byNumber, straight.byDomain)
    if (state === undefined) return { differences, looks: straight.looks }

    const { index, observed } = state
    const isSoft = constraint.whenUnsatisfiable === 'ScheduleAnyway'
    const counted = counting(straight.domainOf, isSoft ? representative : undefined)
    const node = alike.get(index) === counted ? undefined : differentNode(index, counted)
    if (node === undefined) alike.set(index, counted)
    const byDomain = new Map([...straight.byDomain].filter(([domain]) => counted.domains.has(domain)))
    return {
      differences: [
        ...differences,
        ...(node === undefined ? [] : [{ view: 'groups', about, ...node } as const]),
        ...differentCounts('groups', about, index.names, observed, byDomain),
      ],
      looks: straight.looks,
    }
  }
}

/** As domain-index.ts says which domains a soft constraint has: those with a node that would have the pod. */
function createCounting({ cluster, model }: World) {
  const known = new Map<ReadonlyMap<string, string>, Map<string, Counting>>()
  return (domainOf: ReadonlyMap<string, string>, softly: PodRecord | undefined): Counting => {
    const byAsked = memo(known, domainOf, () => new Map<string, Counting>())
    const hardKeys = softly === undefined ? [] : hardKeysOf(model, softly)
    const key = softly === undefined ? '' : whatIsAsked(softly.spec, hardKeys)
    return memo(byAsked, key, () => {
      const domains = new Set<string>()
      for (const [name, domain] of domainOf) {
        const node = cluster.node(name)
        if (!domains.has(domain) && node !== undefined && (softly === undefined || wouldHave(node, softly.spec, hardKeys)))
          domains.add(domain)
      }
      return { domainOf, domains }
    })
  }
}

/** The first node that is held in another domain than it is in. */
function differentNode(index: DomainIndex, { domainOf, domains }: Counting): Pick<Difference, 'held' | 'counted'> | undefined {
  const compare = (name: string, held: string | undefined): Pick<Difference, 'held' | 'counted'> | undefined => {
    const domain = domainOf.get(name)
    const counted = domain !== undefined && domains.has(domain) ? domain : undefined
    return held === counted ? undefined : { held: nodeIn(name, held), counted: nodeIn(name, counted) }
  }
  for (const name of domainOf.keys()) {
    const different = compare(name, index.names[index.of(name) ?? -1])
    if (different !== undefined) return different
  }
  for (const [domain, held] of index.names.entries()) {
    for (const name of index.nodesOf(domain)) {
      const different = compare(name, held)
      if (different !== undefined) return different
    }
  }
  return undefined
}

function nodeIn(name: string, domain: string | undefined): string {
  return `node ${name} in ${domain === undefined ? 'no domain' : `domain ${domainText(domain)}`}`
}

/** So many domains of a group are named. */
const DOMAINS_NAMED = 3

function differentCounts(
  view: Difference['view'],
  about: string,
  names: readonly string[],
  held: ReadonlyMap<number, number>,
  counted: ReadonlyMap<string, number>,
): readonly Difference[] {
  const heldByName = new Map(Array.from(held, ([number, pods]) => [names[number] ?? '', pods]))
  const different = [...new Set([...heldByName.keys(), ...counted.keys()])].filter(
    name => (heldByName.get(name) ?? 0) !== (counted.get(name) ?? 0),
  )
  if (different.length === 0) return []
  const named = different.sort(compareText).slice(0, DOMAINS_NAMED)
  const text = (counts: ReadonlyMap<string, number>): string =>
    named.map(name => `${counts.get(name) ?? 0} in ${domainText(name)}`).join(', ')
  return [{ view, about, held: text(heldByName), counted: text(counted) }]
}
