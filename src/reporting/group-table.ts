import type { GroupPlan, GroupStatus } from '../planning/plan-types.ts'
import { allCounts, countsColumn } from './domain-counts.ts'
import { printable } from './printable.ts'
import { shortKeys, whenText, workloadText } from './short-names.ts'
import type { TableOptions } from './table-options.ts'
import { tableWidth, textTable } from './text-table.ts'
import type { TableColumn, TableRow } from './text-table.ts'

const COLUMNS: readonly TableColumn[] = [
  { heading: 'NAMESPACE', isName: true },
  { heading: 'WORKLOAD', isName: true },
  { heading: 'KEY' },
  { heading: 'WHEN' },
  { heading: 'COUNTS' },
  { heading: 'SKEW' },
  { heading: 'EVICT', align: 'right' },
  { heading: 'STATUS' },
]
const REASON: TableColumn = { heading: 'REASON' }
const WIDE_COLUMNS: readonly TableColumn[] = [
  ...COLUMNS.map(column => (column.heading === 'COUNTS' ? { heading: 'DOMAINS' } : column)).toSpliced(4, 0, {
    heading: 'MAXSKEW',
    align: 'right',
  }),
  { heading: 'ORIGIN' },
  REASON,
  { heading: 'MESSAGE' },
]

export interface GroupTable {
  readonly lines: readonly string[]
  /** What explains the counts; undefined where they explain themselves. */
  readonly legend: string | undefined
}

/** One row a group, the worst first. */
export function groupTable(groups: readonly GroupPlan[], options: TableOptions): GroupTable {
  const sorted = [...groups].sort(worstFirst)
  const keys = shortKeys(groups.map(group => group.topologyKey))
  if (options.wide) {
    const rows = sorted.map(group => ({ cells: wideCells(group, keys) }))
    return { lines: textTable(WIDE_COLUMNS, rows, { width: Infinity, headers: options.headers }), legend: undefined }
  }
  const counts = countsColumn(sorted, keys)
  const legend = counts.legend.length === 0 ? undefined : `Counts: ${counts.legend.join('; ')}.`
  const rows = sorted.map(group => ({ group, cells: cells(group, keys, counts.cell(group)) }))
  const withReasons = rows.map(({ group, cells }) => ({ cells: [...cells, group.reason] }))
  if (tableWidth([...COLUMNS, REASON], withReasons) <= options.width)
    return { lines: textTable([...COLUMNS, REASON], withReasons, options), legend }
  // No room for one more column: what needs words is said under its row.
  return { lines: textTable(COLUMNS, saidOnce(rows.map(({ group, cells }) => ({ cells, ...below(group) }))), options), legend }
}

function cells(group: GroupPlan, keys: ReadonlyMap<string, string>, counts: string): readonly string[] {
  const skew = group.planned > 0 ? `${group.skew} -> ${group.skewAfter}` : String(group.skew)
  return [
    printable(group.namespace),
    workloadText(group.workload),
    keys.get(group.topologyKey) ?? '',
    whenText(group.whenUnsatisfiable),
    counts,
    skew,
    String(group.planned),
    group.status,
  ]
}

function wideCells(group: GroupPlan, keys: ReadonlyMap<string, string>): readonly string[] {
  const blockers = group.blockers.map(blocker => `${blocker.reason} (${podsText(blocker.pods)}): ${blocker.message}`)
  const message = [group.message, ...blockers]
    .filter(text => text !== '')
    .map(printable)
    .join(' | ')
  return [...cells(group, keys, allCounts(group.domains)).toSpliced(4, 0, String(group.maxSkew)), group.origin, group.reason, message]
}

/** Reasons that the row itself tells already. */
const SELF_EVIDENT: ReadonlySet<string> = new Set(['WithinMaxSkew', 'MovesPlanned'])

function below(group: GroupPlan): { readonly below?: string } {
  if (SELF_EVIDENT.has(group.reason)) return {}
  return { below: printable(group.message === '' ? group.reason : `${group.reason}: ${group.message}`) }
}

/** In an outage one thing holds every group: what rows in a row have in common is said once, under the last of them. */
function saidOnce(rows: readonly TableRow[]): readonly TableRow[] {
  let alike = 0
  return rows.map(({ cells, below }, index) => {
    if (below === undefined) return { cells }
    alike += 1
    if (rows[index + 1]?.below === below) return { cells }
    const said = alike === 1 ? below : `these ${alike}, ${below}`
    alike = 0
    return { cells, below: said }
  })
}

export function podsText(pods: number): string {
  return pods === 1 ? '1 pod' : `${pods} pods`
}

const RANK: Readonly<Record<GroupStatus, number>> = { Violated: 0, Held: 1, Blocked: 2, Balanced: 3 }

function worstFirst(one: GroupPlan, other: GroupPlan): number {
  return (
    RANK[one.status] - RANK[other.status] ||
    other.excess - one.excess ||
    other.skew - one.skew ||
    compare(one.namespace, other.namespace) ||
    compare(one.workload.name, other.workload.name) ||
    compare(one.id, other.id)
  )
}

function compare(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}
