import type { GroupPlan, GroupStatus, Plan } from '../planning/plan-types.ts'
import { allCounts, countsColumn } from './domain-counts.ts'
import { printable } from './printable.ts'
import { saidOnce } from './said-once.ts'
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
const RISK: TableColumn = { heading: 'RISK' }
const REASON: TableColumn = { heading: 'REASON' }
const WIDE_COLUMNS: readonly TableColumn[] = [
  ...COLUMNS.map(column => (column.heading === 'COUNTS' ? { heading: 'DOMAINS' } : column)).toSpliced(4, 0, {
    heading: 'MAXSKEW',
    align: 'right',
  }),
  RISK,
  { heading: 'ORIGIN' },
  REASON,
  { heading: 'MESSAGE' },
]

export interface GroupTable {
  readonly lines: readonly string[]
  /** What explains the counts; undefined where they explain themselves. */
  readonly legend: string | undefined
}

/**
 * One row a group, the worst first: by status, then by what the loss of one domain would take.
 *
 * @param notices what is said about the whole cluster anyway, and need not be said again
 */
export function groupTable(groups: readonly GroupPlan[], notices: Plan['notices'], options: TableOptions): GroupTable {
  const sorted = [...groups].sort(worstFirst)
  const keys = shortKeys(groups.map(group => group.topologyKey))
  if (options.wide) {
    const rows = sorted.map(group => ({ cells: wideCells(group, keys) }))
    return { lines: textTable(WIDE_COLUMNS, rows, { width: Infinity, headers: options.headers }), legend: undefined }
  }
  const counts = countsColumn(sorted, keys)
  const legend = counts.legend.length === 0 ? undefined : `Counts: ${counts.legend.join('; ')}.`
  const rows = sorted.map(group => ({ group, cells: cells(group, keys, counts.cell(group)) }))
  const isFitting = (columns: readonly TableColumn[], candidates: readonly TableRow[]): boolean =>
    tableWidth(columns, candidates) <= options.width
  const withReasons = rows.map(({ group, cells }) => ({ cells: [...cells, riskText(group), group.reason] }))
  if (isFitting([...COLUMNS, RISK, REASON], withReasons))
    return { lines: textTable([...COLUMNS, RISK, REASON], withReasons, options), legend }
  // No room for so many columns: what needs words is said under its row.
  const withRisks = rows.map(({ group, cells }) => ({ cells: [...cells, riskText(group)], ...below(group, notices) }))
  if (isFitting([...COLUMNS, RISK], withRisks)) return { lines: textTable([...COLUMNS, RISK], saidOnce(withRisks), options), legend }
  const plain = rows.map(({ group, cells }) => ({ cells, ...below(group, notices) }))
  return { lines: textTable(COLUMNS, saidOnce(plain), options), legend }
}

function cells(group: GroupPlan, keys: ReadonlyMap<string, string>, counts: string): readonly string[] {
  const skew = group.planned > 0 ? `${group.skew}->${group.skewAfter}` : String(group.skew)
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
  return [
    ...cells(group, keys, allCounts(group.domains)).toSpliced(4, 0, String(group.maxSkew)),
    riskText(group),
    group.origin,
    group.reason,
    message,
  ]
}

/** `50->33%`: what of the ready pods goes with the fullest domain. */
function riskText({ risk: { readyPods, now, after } }: GroupPlan): string {
  if (readyPods === 0) return '-'
  const [before, then] = [Math.round(now * 100), Math.round(after * 100)]
  return before === then ? `${before}%` : `${before}->${then}%`
}

/** Reasons that the row itself tells already. */
const SELF_EVIDENT: ReadonlySet<string> = new Set(['WithinMaxSkew', 'MovesPlanned'])

function below(group: GroupPlan, notices: Plan['notices']): { readonly below?: string } {
  if (SELF_EVIDENT.has(group.reason)) return {}
  if (notices.some(({ reason, message }) => reason === group.reason && message === group.message))
    return { below: `${group.reason}, see below` }
  return { below: printable(group.message === '' ? group.reason : `${group.reason}: ${group.message}`) }
}

export function podsText(pods: number): string {
  return pods === 1 ? '1 pod' : `${pods} pods`
}

const RANK: Readonly<Record<GroupStatus, number>> = { Violated: 0, Held: 1, Blocked: 2, Balanced: 3 }

function worstFirst(one: GroupPlan, other: GroupPlan): number {
  return (
    RANK[one.status] - RANK[other.status] ||
    other.risk.now - one.risk.now ||
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
