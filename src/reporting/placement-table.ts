import { compareText } from '../cluster/compare-text.ts'
import type { NodeExplanation, PlacementExplanation } from '../scheduling/prediction.ts'
import { SCORE_PLUGINS } from '../scheduling/plugins.ts'
import { printable, printableDomain } from './printable.ts'
import { API_VERSION } from './report-json.ts'
import { saidOnce } from './said-once.ts'
import { shortKeys, whenText } from './short-names.ts'
import type { TableOptions } from './table-options.ts'
import { textTable } from './text-table.ts'
import type { TableColumn } from './text-table.ts'
import { wrap } from './wrap.ts'

/** An explanation as programs read it: kind `PlacementExplanation`. */
export function placementReport(explanation: PlacementExplanation): object {
  return { apiVersion: API_VERSION, kind: 'PlacementExplanation', ...explanation }
}

/** Where the scheduler would place a pod: the counts of its constraints, then every node, the likeliest first, with what speaks against it. */
export function placementTable(explanation: PlacementExplanation, options: TableOptions): string {
  const { pod, warnings } = explanation
  const name = `${printable(pod.namespace)}/${printable(pod.name)}`
  const title = pod.replacement
    ? `Where the replacement of ${name}${pod.nodeName === undefined ? '' : `, now on ${printable(pod.nodeName)},`} would go`
    : `Where ${name} would go`
  const feasible = explanation.nodes.filter(node => node.feasible).length
  const summary = `${title}: ${feasible} of ${explanation.nodes.length} nodes would take it.`
  const blocks = [
    options.headers ? wrap(summary, options.width) : [],
    warnings.flatMap(warning => wrap(`Warning: ${printable(warning)}`, options.width)),
    explanation.constraints.length === 0 ? [] : constraintTable(explanation, options),
    nodeTable(explanation, domainColumns(explanation), options),
  ]
  return blocks
    .filter(block => block.length > 0)
    .map(block => `${block.join('\n')}\n`)
    .join('\n')
}

const CONSTRAINT_COLUMNS: readonly TableColumn[] = [
  { heading: 'KEY' },
  { heading: 'WHEN' },
  { heading: 'MAXSKEW', align: 'right' },
  { heading: 'MINIMUM', align: 'right' },
  { heading: 'COUNTS' },
]

/** Counts of more domains than this are said under the row; of many more (hostnames), only the fewest and the most. */
const IN_THE_ROW = 3
const UNDER_THE_ROW = 20

function constraintTable({ constraints }: PlacementExplanation, { width, headers }: TableOptions): readonly string[] {
  const keys = shortKeys(constraints.map(constraint => constraint.topologyKey))
  const rows = constraints.map(({ topologyKey, whenUnsatisfiable, maxSkew, globalMinimum, counts }) => {
    const domains = Object.entries(counts).map(([domain, count]) => `${printableDomain(domain)}=${count}`)
    const figures = [keys.get(topologyKey) ?? '', whenText(whenUnsatisfiable), String(maxSkew), String(globalMinimum)]
    if (domains.length <= IN_THE_ROW) return { cells: [...figures, domains.join(' ')] }
    if (domains.length <= UNDER_THE_ROW) return { cells: [...figures, `${domains.length} domains`], below: domains.join(' ') }
    const sorted = Object.values(counts).sort((one, other) => one - other)
    return { cells: [...figures, `${sorted.at(0) ?? 0}-${sorted.at(-1) ?? 0} in ${domains.length} domains`] }
  })
  return textTable(CONSTRAINT_COLUMNS, rows, { width, headers })
}

interface DomainColumn {
  readonly heading: string
  readonly cell: (node: NodeExplanation) => string
}

/** The domains that the nodes are in, by which the counts are to be read; not where each node is a domain by its own name. */
function domainColumns({ constraints, nodes }: PlacementExplanation): readonly DomainColumn[] {
  const keys = shortKeys(constraints.map(constraint => constraint.topologyKey))
  return [...keys]
    .filter(([key]) => nodes.some(({ name, domains }) => domains[key] !== undefined && domains[key] !== name))
    .map(([key, short]) => ({ heading: short.toUpperCase(), cell: ({ domains }) => printableDomain(domains[key]) }))
}

function nodeTable(
  { nodes }: PlacementExplanation,
  domains: readonly DomainColumn[],
  { width, wide, headers }: TableOptions,
): readonly string[] {
  // Nodes that refuse for the same reason stand together, so that it is said once.
  const ordered = nodes.toSorted(
    (one, other) =>
      (other.total ?? -1) - (one.total ?? -1) || compareText(reasonsText(one), reasonsText(other)) || compareText(one.name, other.name),
  )
  const columns: readonly TableColumn[] = [
    { heading: 'NODE', isName: true },
    ...domains.map(({ heading }) => ({ heading, isName: true })),
    { heading: 'TOTAL', align: 'right' },
    ...(wide ? SCORE_PLUGINS.map(plugin => ({ heading: plugin.toUpperCase(), align: 'right' as const })) : []),
    { heading: 'REFUSED BY' },
  ]
  const rows = ordered.map(node => {
    const plugins = refusers(node)
    const cells = [
      printable(node.name),
      ...domains.map(({ cell }) => cell(node)),
      node.total === undefined ? '-' : String(node.total),
      ...(wide ? SCORE_PLUGINS.map(plugin => String(node.scores?.[plugin] ?? '-')) : []),
    ]
    // Where no filter refuses, the pod is held back before any is asked.
    if (wide || plugins.length === 0) return { cells: [...cells, reasonsText(node)] }
    return { cells: [...cells, plugins.join(', ')], below: reasonsText(node) }
  })
  return textTable(columns, saidOnce(rows), { width: wide ? Infinity : width, headers })
}

function refusers({ filters }: NodeExplanation): readonly string[] {
  return Object.entries(filters).flatMap(([plugin, status]) => (status === 'Success' ? [] : [plugin]))
}

/** In the words of kube-scheduler; filters that look at the same thing may say the same of it. */
function reasonsText({ reasons }: NodeExplanation): string {
  return [...new Set(reasons.map(printable))].join('; ')
}
