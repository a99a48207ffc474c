import type { ClusterViews } from './cluster-views.ts'
import { pluginNumbered, refusalOn, refusedBy, type Feasibility } from './feasibility.ts'
import type { NodeAnswers } from './node-answers.ts'
import type { Cell } from './node-cells.ts'
import { ALONE, type PlaceColumns } from './place-columns.ts'
import type { Places } from './places.ts'
import { FILTER_PLUGINS, type FilterPlugin } from './plugins.ts'
import type { Refusal } from './prediction.ts'
import { PASSES } from './verdict-numbers.ts'

interface Asked {
  readonly views: ClusterViews
  readonly answers: NodeAnswers
  readonly places: Places
  readonly feasibility: Feasibility
}

/**
 * How many nodes each filter was the first to refuse, counted place by place, and node by node where the pod's own filters do. A filter can have
 * several reasons; that of the first node by name is told, however nodes were told apart.
 */
export function refusals(
  { views, answers, places, feasibility }: Asked,
  promisedAway: ReadonlyMap<number, FilterPlugin>,
  found: Readonly<PlaceColumns>,
  cells: readonly (Cell | undefined)[],
): readonly Refusal[] {
  const layout = views.table.layout()
  const nameOf = (slot: number): string => layout.names[slot] ?? ''
  const byPlugin = new Map<FilterPlugin, { nodes: number; slot: number }>()
  const add = (plugin: FilterPlugin | undefined, slot: number, nodes: number): void => {
    if (plugin === undefined) return
    const known = byPlugin.get(plugin)
    if (known === undefined) {
      byPlugin.set(plugin, { nodes, slot })
      return
    }
    known.nodes += nodes
    if (nameOf(slot) < nameOf(known.slot)) known.slot = slot
  }
  for (const slot of layout.byName) {
    const number = answers.refusedBy(slot)
    if (number !== PASSES) add(pluginNumbered(number), slot, 1)
  }
  for (let line = 0; line < found.lines; line += 1) {
    const slot = found.slots[line] ?? 0
    const first = cells[found.cells[line] ?? ALONE]?.slots.find(each => answers.refusedBy(each) === PASSES && !places.isApart(each)) ?? slot
    add(promisedAway.get(slot) ?? refusedBy(feasibility, slot), first, found.nodes[line] ?? 0)
  }
  return FILTER_PLUGINS.flatMap(plugin => {
    const refused = byPlugin.get(plugin)
    if (refused === undefined) return []
    const { message } = refusalOn(feasibility, refused.slot) ?? PROMISED
    return [{ plugin, nodes: refused.nodes, message }]
  })
}

const PROMISED = { message: 'node(s) are promised to pods of equal or higher priority' }
