/**
 * Places where a pod may go: columns that run in step, a line for each node by itself and for each cell of nodes that are alike. A plan asks tens
 * of thousands of questions of a few lines each, and to make an object for each line costs more than to fill it: the same columns serve all
 * questions, one after the other, and only their first `lines` lines mean anything.
 */
export interface PlaceColumns {
  lines: number
  /** The node; of a cell that with the highest own score, the first by name of several, which stands for the others. */
  slots: Int32Array
  /** How many nodes the line stands for. */
  nodes: Int32Array
  /** The number of its cell; {@link ALONE} for a node by itself. */
  cells: Int32Array
}

export const ALONE = -1

export function createPlaceColumns(): PlaceColumns {
  return { lines: 0, slots: new Int32Array(64), nodes: new Int32Array(64), cells: new Int32Array(64) }
}

export function addPlace(columns: PlaceColumns, slot: number, nodes: number, cell: number): void {
  const { lines } = columns
  if (lines === columns.slots.length) {
    columns.slots = twiceAsLong(columns.slots)
    columns.nodes = twiceAsLong(columns.nodes)
    columns.cells = twiceAsLong(columns.cells)
  }
  columns.slots[lines] = slot
  columns.nodes[lines] = nodes
  columns.cells[lines] = cell
  columns.lines = lines + 1
}

function twiceAsLong(column: Int32Array): Int32Array {
  const longer = new Int32Array(2 * column.length)
  longer.set(column)
  return longer
}
