import { counted } from '../planning/counted.ts'
import type { GroupPlan, Plan } from '../planning/plan-types.ts'
import { allCounts, countsColumn } from './domain-counts.ts'
import { remarkOn } from './group-remarks.ts'
import { printable } from './printable.ts'
import { saidOnce } from './said-once.ts'
import { shortKeys, whenText, workloadText } from './short-names.ts'
import type { TableOptions } from './table-options.ts'
import { tableWidth, textTable } from './text-table.ts'
import type { TableColumn, TableRow } from './text-table.ts'

const NAMES: readonly TableColumn[] = [
  { heading: 'NAMESPACE', isName: true },
  { heading: 'WORKLOAD', isName: true },
]
const CONSTRAINT: readonly TableColumn[] = [{ heading: 'KEY' }, { heading: 'WHEN' }]
const RISK: TableColumn = { heading: 'RISK' }
const EVICT: TableColumn = { heading: 'EVICT', align: 'right' }
const STATUS: TableColumn = { heading: 'STATUS' }
const REASON: TableColumn = { heading: 'REASON' }
const NUMBERS: readonly TableColumn[] = [...NAMES, ...CONSTRAINT, { heading: 'COUNTS' }, { heading: 'SKEW' }]
const WIDE: readonly TableColumn[] = [
  ...NAMES,
  ...CONSTRAINT,
  { heading: 'MAXSKEW', align: 'right' },
  { heading: 'DOMAINS' },
  { heading: 'SKEW' },
  RISK,
  EVICT,
  STATUS,
  { heading: 'ORIGIN' },
  REASON,
  { heading: 'MESSAGE' },
]

export interface GroupTable {
  readonly lines: readonly string[]
  /** What explains the counts; undefined where they explain themselves. */
  readonly legend: string | undefined
}

/** What follows the numbers of a row, the most telling first. */
const LAYOUTS: readonly Layout[] = [
  {
    columns: [...NUMBERS, RISK, EVICT, STATUS],
    tail: group => [riskText(group), String(group.planned), group.status],
    width: tableWidth,
  },
  // Names give way, each to a line of its own.
  { columns: [...NUMBERS, RISK, STATUS], tail: group => [riskText(group), statusText(group)], width: widthBesideNames },
]
const NARROWEST: Layout = { columns: [...NUMBERS, STATUS], tail: group => [statusText(group)], width: widthBesideNames }

interface Layout {
  readonly columns: readonly TableColumn[]
  readonly tail: (group: GroupPlan) => readonly string[]
  /** The width that it needs. */
  readonly width: (columns: readonly TableColumn[], rows: readonly TableRow[]) => number
}

/**
 * One row a group, in the order in which they are given; what needs words is said under its row.
 *
 * @param notices what is said about the whole cluster anyway, and need not be said again
 */
export function groupTable(groups: readonly GroupPlan[], notices: Plan['notices'], options: TableOptions): GroupTable {
  const keys = shortKeys(groups.map(group => group.topologyKey))
  if (options.wide) {
    const rows = groups.map(group => ({ cells: wideCells(group, keys) }))
    return { lines: textTable(WIDE, rows, { width: Infinity, headers: options.headers }), legend: undefined }
  }
  const counts = countsColumn(groups, keys)
  const rowsOf = ({ tail }: Layout): readonly TableRow[] =>
    groups.map(group => {
      const cells = [...constraintCells(group, keys), counts.cell(group), skewText(group), ...tail(group)]
      const below = remarkOn(group, notices)
      return below === undefined ? { cells } : { cells, below }
    })
  const layout = LAYOUTS.find(each => each.width(each.columns, rowsOf(each)) <= options.width) ?? NARROWEST
  const legend = [
    ...(counts.legend.length === 0 ? [] : [`Counts: ${counts.legend.join('; ')}.`]),
    'Skew: now->after/maxSkew.',
    ...(layout === NARROWEST ? [] : ['Risk: share of the ready pods in the fullest domain.']),
    ...(groups.some(({ origin }) => origin !== 'pod') ? [`${BORROWED}: no constraint of the pods' own.`] : []),
    ...(groups.some(({ workloads }) => workloads.length > 1) ? ['(+n): so many other workloads share it.'] : []),
  ]
  return { lines: textTable(layout.columns, saidOnce(rowsOf(layout)), options), legend: groups.length === 0 ? undefined : legend.join(' ') }
}

/** The width where names stand on lines of their own, so that only their headings count. */
function widthBesideNames(columns: readonly TableColumn[], rows: readonly TableRow[]): number {
  const nameless = rows.map(({ cells }) => ({ cells: cells.map((cell, index) => (columns[index]?.isName === true ? '' : cell)) }))
  return tableWidth(columns, nameless)
}

function constraintCells(group: GroupPlan, keys: ReadonlyMap<string, string>): readonly string[] {
  const others = group.workloads.length - 1
  return [
    printable(group.namespace),
    others > 0 ? `${workloadText(group.workload)} (+${others})` : workloadText(group.workload),
    keys.get(group.topologyKey) ?? '',
    `${whenText(group.whenUnsatisfiable)}${group.origin === 'pod' ? '' : BORROWED}`,
  ]
}

/** Marks what the pods do not write themselves: the scheduler's defaults, and soft anti-affinity read as a constraint. */
const BORROWED = '*'

/** `6->0/1`: the skew now, after the plan where it has one, and what is allowed. */
function skewText({ skew, skewAfter, planned, maxSkew }: GroupPlan): string {
  return `${planned > 0 ? `${skew}->${skewAfter}` : skew}/${maxSkew}`
}

/** A violated group is one that something is planned for. */
function statusText({ status, planned }: GroupPlan): string {
  return planned > 0 ? `evict ${planned}` : status
}

function wideCells(group: GroupPlan, keys: ReadonlyMap<string, string>): readonly string[] {
  const blockers = group.blockers.map(blocker => `${blocker.reason} (${counted(blocker.pods, 'pod')}): ${blocker.message}`)
  const message = [group.message, ...blockers]
    .filter(text => text !== '')
    .map(printable)
    .join(' | ')
  return [
    ...constraintCells(group, keys),
    String(group.maxSkew),
    allCounts(group.domains),
    group.planned > 0 ? `${group.skew}->${group.skewAfter}` : String(group.skew),
    riskText(group),
    String(group.planned),
    group.status,
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
