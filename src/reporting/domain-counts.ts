import type { GroupDomain, GroupPlan } from '../planning/plan-types.ts'
import { printable, printableDomain } from './printable.ts'

/** More domains than this, or a longer text, and the counts are not listed one by one. */
const LISTED_DOMAINS = 6
const LISTED_LENGTH = 16
/** More domains than this are not even named where there is room. */
const NAMED_DOMAINS = 30

/**
 * How the counts of groups are written in one column. Keys with few domains list their counts side by side, every group in the same order,
 * which the legend gives; keys with many (hostnames) give the fewest and the most.
 */
export interface CountsColumn {
  cell(group: GroupPlan): string
  /** Sentences that explain the cells, for the keys and signs that occur. */
  readonly legend: readonly string[]
}

export function countsColumn(groups: readonly GroupPlan[], keyNames: ReadonlyMap<string, string>): CountsColumn {
  const orders = new Map(
    [...Map.groupBy(groups, group => group.topologyKey)].map(([key, ofKey]) => [
      key,
      [...new Set(ofKey.flatMap(group => group.domains.map(domain => domain.name)))].sort(),
    ]),
  )
  const isListable = (key: string, order: readonly string[]): boolean =>
    order.length <= LISTED_DOMAINS &&
    groups.every(group => group.topologyKey !== key || listOf(group.domains, order).length <= LISTED_LENGTH)
  const listed = new Map([...orders].filter(([key, order]) => isListable(key, order)))
  const cell = (group: GroupPlan): string => {
    const order = listed.get(group.topologyKey)
    return order === undefined ? rangeOf(group.domains) : listOf(group.domains, order)
  }

  const lists = groups.filter(group => listed.has(group.topologyKey)).map(cell)
  const legend = [...listed]
    .filter(([, order]) => order.length > 1)
    .map(([key, order]) => `${keyNames.get(key) ?? printable(key)} ${order.map(printableDomain).join(' ')}`)
  if (lists.some(text => text.includes('('))) legend.push('(n) takes no pods now')
  if (lists.some(text => text.split(' ').includes('-'))) legend.push('- is no domain for these pods')
  if (lists.length < groups.length) legend.push('a-b in n: from a to b pods in n domains')
  return { cell, legend }
}

/** `6 (0) -`: one count for each domain of the order. */
function listOf(domains: readonly GroupDomain[], order: readonly string[]): string {
  const byName = new Map(domains.map(domain => [domain.name, domain]))
  return order
    .map(name => {
      const domain = byName.get(name)
      if (domain === undefined) return '-'
      return domain.acceptsPods ? String(domain.count) : `(${domain.count})`
    })
    .join(' ')
}

/** `0-7 in 300`. */
function rangeOf(domains: readonly GroupDomain[]): string {
  const counts = domains.map(domain => domain.count).sort((one, other) => one - other)
  return `${counts.at(0) ?? 0}-${counts.at(-1) ?? 0} in ${counts.length}`
}

/** Every domain with its count, and what the plan makes of it: `az-a=6->4 az-b=6->4 az-c=0->4`. Of hundreds of hostnames the range. */
export function allCounts(domains: readonly GroupDomain[]): string {
  if (domains.length > NAMED_DOMAINS) return rangeOf(domains)
  return domains
    .map(domain => {
      const after = domain.countAfter === domain.count ? '' : `->${domain.countAfter}`
      return `${printableDomain(domain.name)}=${domain.acceptsPods ? domain.count : `(${domain.count})`}${after}`
    })
    .join(' ')
}
