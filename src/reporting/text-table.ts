import { wrap } from './wrap.ts'

export interface TableColumn {
  readonly heading: string
  readonly align?: 'left' | 'right'
  /** A name gives way when the table is too wide: it moves to a line of its own, uncut. Name columns stand side by side. */
  readonly isName?: boolean
}

export interface TableRow {
  readonly cells: readonly string[]
  /** Said under the row, indented and wrapped. */
  readonly below?: string
}

const GAP = '  '

/** Lays out columns as kubectl does, in lines of at most `width` characters as long as names are not in the way. */
export function textTable(
  columns: readonly TableColumn[],
  rows: readonly TableRow[],
  options: { readonly width: number; readonly headers: boolean },
): readonly string[] {
  const widths = narrowed(columns, naturalWidths(columns, rows), options.width)
  const lines = options.headers
    ? [
        joined(
          columns,
          columns.map(column => column.heading),
          widths,
        ),
      ]
    : []
  const indent = belowIndent(columns, widths)
  for (const row of rows) {
    const fits = columns.every((column, index) => column.isName !== true || (row.cells[index] ?? '').length <= (widths[index] ?? 0))
    lines.push(...(fits ? [joined(columns, row.cells, widths)] : split(columns, row.cells, widths, options.width)))
    if (row.below !== undefined) lines.push(...wrap(row.below, options.width, indent))
  }
  return lines
}

/** Characters of the widest line if every row stands on one. */
export function tableWidth(columns: readonly TableColumn[], rows: readonly TableRow[]): number {
  return lineWidth(naturalWidths(columns, rows))
}

function naturalWidths(columns: readonly TableColumn[], rows: readonly TableRow[]): readonly number[] {
  return columns.map((column, index) =>
    rows.reduce((widest, row) => Math.max(widest, (row.cells[index] ?? '').length), column.heading.length),
  )
}

function lineWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1)
}

/** Takes from the widest name column, one character at a time, until the line fits or no name is wider than its heading. */
function narrowed(columns: readonly TableColumn[], natural: readonly number[], width: number): readonly number[] {
  const widths = [...natural]
  while (lineWidth(widths) > width) {
    let widest: number | undefined
    for (const [index, column] of columns.entries()) {
      const current = widths[index] ?? 0
      if (column.isName !== true || current <= column.heading.length) continue
      if (widest === undefined || current > (widths[widest] ?? 0)) widest = index
    }
    if (widest === undefined) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

/** Under the first name when something stands before it, otherwise a little to the right of it. */
function belowIndent(columns: readonly TableColumn[], widths: readonly number[]): string {
  const before = columns.findIndex(column => column.isName === true)
  return ' '.repeat(before <= 0 ? 4 : lineWidth(widths.slice(0, before)) + GAP.length)
}

/** The names on one line (or each on its own) with what stands before them, the rest under its headings on the next. */
function split(columns: readonly TableColumn[], cells: readonly string[], widths: readonly number[], width: number): readonly string[] {
  const start = columns.findIndex(column => column.isName === true)
  const end = columns.findLastIndex(column => column.isName === true) + 1
  const together = joined(columns.slice(0, end), cells.slice(0, end), widths.slice(0, end))
  const apart = [
    joined(columns.slice(0, start + 1), cells.slice(0, start + 1), widths.slice(0, start + 1)),
    ...cells.slice(start + 1, end).map(name => belowIndent(columns, widths) + name),
  ]
  const names = together.length <= width ? [together] : apart
  if (end === columns.length) return names
  const indent = ' '.repeat(lineWidth(widths.slice(0, end)) + GAP.length)
  return [...names, indent + joined(columns.slice(end), cells.slice(end), widths.slice(end))]
}

function joined(columns: readonly TableColumn[], cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, index) => {
    const width = widths[index] ?? 0
    return columns[index]?.align === 'right' ? cell.padStart(width) : cell.padEnd(width)
  })
  return padded.join(GAP).trimEnd()
}
