import type { PodRecord } from '../cluster/pod.ts'
import type { GroupPlan, Plan, PlannedEviction, WorkloadName } from '../planning/plan-types.ts'
import { compareText } from '../planning/groups.ts'
import { standingOf } from '../planning/standing.ts'
import { podsText } from './group-table.ts'
import { printable } from './printable.ts'
import { saidOnce } from './said-once.ts'
import { shortKeys, whenText, workloadText } from './short-names.ts'
import { textTable } from './text-table.ts'
import type { TableColumn } from './text-table.ts'
import { wrap } from './wrap.ts'

/** The workload to explain, with its pods. */
export interface ExplainedWorkload {
  readonly namespace: string
  readonly workload: WorkloadName
  readonly pods: readonly PodRecord[]
}

/** Why a workload is balanced, planned, blocked or held: each of its groups with its counts and bounds, then what happens to each pod. */
export function workloadExplanation(plan: Plan, explained: ExplainedWorkload, { width }: { readonly width: number }): string {
  const { namespace, workload, pods } = explained
  const groups = groupsOfWorkload(plan, namespace, workload)
  const title = `${workloadText(workload)} in namespace ${printable(namespace)}, ${podsText(pods.length)}`
  if (groups.length === 0) {
    return `${wrap(`${title}: none carries a spread constraint, so there is nothing to restore.`, width).join('\n')}\n`
  }
  const keys = shortKeys(plan.groups.map(group => group.topologyKey))
  const blocks = [
    [title],
    ...groups.map(group => [
      headline(group, keys),
      ...domainLines(group.domains, width),
      ...wrap(printable(sentences(group)), width, '  '),
    ]),
    ...(pods.length === 0 ? [] : [podTable(explained, plan, width)]),
    brakes(plan, groups, width),
  ]
  return blocks
    .filter(block => block.length > 0)
    .map(block => `${block.join('\n')}\n`)
    .join('\n')
}

/** What keeps the evictions planned for it from going out, besides what the groups say. */
function brakes({ notices }: Plan, groups: readonly GroupPlan[], width: number): readonly string[] {
  if (groups.every(({ planned }) => planned === 0)) return []
  return notices
    .filter(({ reason }) => reason === 'Paused' || reason === 'OutsideWindow')
    .flatMap(({ reason, message }) => wrap(printable(`${reason}: ${message}`), width))
}

/** The groups of which the workload has members. */
export function groupsOfWorkload(plan: Plan, namespace: string, workload: WorkloadName): readonly GroupPlan[] {
  return plan.groups.filter(
    group => group.namespace === namespace && group.workloads.some(({ kind, name }) => kind === workload.kind && name === workload.name),
  )
}

const ORIGIN: Readonly<Record<GroupPlan['origin'], readonly string[]>> = {
  pod: [],
  default: ['a default of the cluster'],
  antiAffinity: ['read from soft anti-affinity'],
}

/** `zone (hard, maxSkew 1)`. */
function headline({ topologyKey, whenUnsatisfiable, maxSkew, minDomains, origin }: GroupPlan, keys: ReadonlyMap<string, string>): string {
  const parts = [
    whenText(whenUnsatisfiable),
    `maxSkew ${maxSkew}`,
    ...(minDomains > 1 ? [`minDomains ${minDomains}`] : []),
    ...ORIGIN[origin],
  ]
  return `${keys.get(topologyKey) ?? printable(topologyKey)} (${parts.join(', ')})`
}

/** Beyond so many domains (hostnames) only those that the plan changes are listed. */
const LISTED_DOMAINS = 12

const DOMAIN_COLUMNS: readonly TableColumn[] = [
  { heading: '' },
  { heading: '', isName: true },
  { heading: '', align: 'right' },
  { heading: '' },
]

function domainLines(domains: GroupPlan['domains'], width: number): readonly string[] {
  const isShort = domains.length <= LISTED_DOMAINS
  const listed = isShort ? domains : domains.filter(({ count, countAfter }) => count !== countAfter).slice(0, LISTED_DOMAINS)
  const rows = listed.map(({ name, count, countAfter, acceptsPods }) => {
    const remarks = [...(countAfter === count ? [] : [`-> ${countAfter}`]), ...(acceptsPods ? [] : ['(takes no pods now)'])]
    return { cells: ['', printable(name), String(count), remarks.join(' ')] }
  })
  const lines = textTable(DOMAIN_COLUMNS, rows, { width, headers: false })
  if (isShort) return lines
  const counts = domains.map(({ count }) => count).sort((one, other) => one - other)
  return [
    ...lines,
    `  ${listed.length > 0 ? 'in all ' : ''}${domains.length} domains with ${counts.at(0) ?? 0} to ${counts.at(-1) ?? 0} pods`,
  ]
}

function sentences(group: GroupPlan): string {
  const { skew, maxSkew, status, reason, message, planned, skewAfter, blockers, workloads } = group
  const restored = planned === 1 ? '1 eviction brings' : `${planned} evictions bring`
  return [
    `The skew is ${skew}, the maxSkew ${maxSkew}.`,
    planned > 0 ? `${status}: ${restored} it to ${skewAfter}${bounds(group)}.` : `${status}, ${reason}: ${message}${bounds(group)}.`,
    ...blockers
      .filter(blocker => planned > 0 || blocker.reason !== reason)
      .map(({ pods, reason, message }) => `${podsText(pods)} left alone, ${reason}: ${message}.`),
    ...riskSentence(group),
    ...(workloads.length > 1 ? [`The constraint spans ${workloads.map(workloadText).join(', ')}.`] : []),
  ].join(' ')
}

function riskSentence({ risk: { readyPods, now, after }, workload, workloads }: GroupPlan): readonly string[] {
  if (readyPods === 0) return []
  const percent = (share: number): string => `${Math.round(share * 100)} %`
  const whose = workloads.length > 1 ? ` of ${workloadText(workload)}` : ''
  const planned = percent(now) === percent(after) ? '' : `, after the plan ${percent(after)}`
  return [`The loss of the fullest domain takes ${percent(now)} of the ${readyPods} ready pods${whose}${planned}.`]
}

function bounds({ excess, lowerBound, reachableBound, planned }: GroupPlan): string {
  if (excess === 0 || (planned === lowerBound && planned === reachableBound)) return ''
  const onCounts = `; on counts alone ${lowerBound} would do`
  if (reachableBound === undefined) return `${onCounts}, but as things are no number of evictions does`
  return reachableBound === lowerBound ? onCounts : `${onCounts}, as things are it takes ${reachableBound}`
}

const POD_COLUMNS: readonly TableColumn[] = [{ heading: 'POD', isName: true }, { heading: 'NODE', isName: true }, { heading: 'WHAT' }]

/** Behind every eviction. */
const LAST = Number.MAX_SAFE_INTEGER

/** First what moves, in the order in which it does; then what stays, what stays for the same reason side by side. */
function podTable({ pods }: ExplainedWorkload, plan: Plan, width: number): readonly string[] {
  const evictions = new Map(plan.evictions.map(eviction => [eviction.uid, eviction]))
  const rows = pods
    .map(pod => ({ pod, eviction: evictions.get(pod.uid), standing: standingOf(plan, pod) }))
    .sort(
      (one, other) =>
        (one.eviction?.order ?? LAST) - (other.eviction?.order ?? LAST) ||
        compareText(one.standing?.reason ?? '', other.standing?.reason ?? '') ||
        compareText(one.standing?.message ?? '', other.standing?.message ?? '') ||
        compareText(one.pod.name, other.pod.name),
    )
    .map(({ pod: { name, nodeName }, eviction, standing }) => {
      const what = eviction === undefined ? `stays, ${standing?.reason ?? ''}` : move(eviction)
      const row = { cells: [printable(name), printable(nodeName ?? '-'), what] }
      return standing === undefined ? row : { ...row, below: printable(standing.message) }
    })
  return textTable(POD_COLUMNS, saidOnce(rows), { width, headers: true })
}

function move({ wave, fromDomain, toDomain, certainty }: PlannedEviction): string {
  return `wave ${wave}: ${printable(fromDomain)} -> ${printable(toDomain)} (${certainty})`
}
