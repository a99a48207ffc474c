import type { PlannedEviction } from '../planning/plan-types.ts'
import { printable, printableDomain } from './printable.ts'
import { shortKeys } from './short-names.ts'
import type { TableOptions } from './table-options.ts'
import { tableWidth, textTable } from './text-table.ts'
import type { TableColumn } from './text-table.ts'

const NAMES: readonly TableColumn[] = [
  { heading: 'WAVE', align: 'right' },
  { heading: 'NAMESPACE', isName: true },
  { heading: 'POD', isName: true },
]
const KEY: TableColumn = { heading: 'KEY' }
const MOVE: readonly TableColumn[] = [{ heading: 'FROM' }, { heading: 'TO' }, { heading: 'LANDING' }]
const NODE: TableColumn = { heading: 'NODE' }

/** One row an eviction, in the order in which they are given. */
export function evictionTable(evictions: readonly PlannedEviction[], options: TableOptions): readonly string[] {
  const keys = shortKeys(evictions.map(eviction => eviction.topologyKey))
  const key = (eviction: PlannedEviction): string => keys.get(eviction.topologyKey) ?? ''
  if (options.wide) {
    const rows = evictions.map(eviction => ({
      cells: [...names(eviction), key(eviction), ...move(eviction, allDestinations(eviction)), printable(eviction.node)],
    }))
    return textTable([...NAMES, KEY, ...MOVE, NODE], rows, { width: Infinity, headers: options.headers })
  }
  // Where there is but one key, FROM and TO tell it without a column.
  const [onlyKey, otherKey] = new Set(keys.values())
  const columns = otherKey === undefined ? [...NAMES, ...withKey(MOVE, onlyKey ?? '')] : [...NAMES, KEY, ...MOVE]
  const rows = evictions.map(eviction => ({
    cells: [...names(eviction), ...(otherKey === undefined ? [] : [key(eviction)]), ...move(eviction, destinations(eviction))],
  }))
  if (tableWidth(columns, rows) <= options.width) return textTable(columns, rows, options)
  // Domains as long as host names: the move is said under the pod.
  const withWords = evictions.map(eviction => {
    const [from, to, certainty] = move(eviction, destinations(eviction))
    return { cells: names(eviction), below: `${key(eviction)} ${from} -> ${to}, ${certainty}` }
  })
  return textTable(NAMES, withWords, options)
}

function names(eviction: PlannedEviction): readonly string[] {
  return [String(eviction.wave), printable(eviction.namespace), printable(eviction.pod)]
}

function move(eviction: PlannedEviction, to: string): readonly [from: string, to: string, certainty: string] {
  return [printableDomain(eviction.fromDomain), to, eviction.certainty]
}

function withKey(columns: readonly TableColumn[], key: string): readonly TableColumn[] {
  return columns.map(column => (column.heading === 'LANDING' ? column : { heading: `${column.heading} ${key.toUpperCase()}` }))
}

/** The likeliest domain, and how many others it may be as well. */
function destinations({ toDomain, toDomains }: PlannedEviction): string {
  const others = toDomains.filter(domain => domain !== toDomain).length
  return others === 0 ? printableDomain(toDomain) : `${printableDomain(toDomain)} (+${others})`
}

function allDestinations({ toDomain, toDomains }: PlannedEviction): string {
  return [toDomain, ...toDomains.filter(domain => domain !== toDomain)].map(printableDomain).join(',')
}
