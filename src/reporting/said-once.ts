import type { TableRow } from './text-table.ts'

/** In an outage one thing holds everything: what rows in a row have in common below them is said once, under the last of them. */
export function saidOnce(rows: readonly TableRow[]): readonly TableRow[] {
  let alike = 0
  return rows.map(({ cells, below }, index) => {
    if (below === undefined) return { cells }
    alike += 1
    if (rows[index + 1]?.below === below) return { cells }
    const said = alike === 1 ? below : `these ${alike}: ${below}`
    alike = 0
    return { cells, below: said }
  })
}
