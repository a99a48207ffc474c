import { compareText } from '../cluster/compare-text.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { GroupPlan, Plan, PlannedEviction, WorkloadName } from '../planning/plan-types.ts'
import { counted } from '../planning/counted.ts'
import { standingOf } from '../planning/standing.ts'
import { printable, printableDomain } from './printable.ts'
import { saidOnce } from './said-once.ts'
import { shortKeys, whenText, workloadText } from './short-names.ts'
import type { TableOptions } from './table-options.ts'
import { textTable } from './text-table.ts'
import type { TableColumn } from './text-table.ts'
import { wrap } from './wrap.ts'
import type { Reason } from '../planning/reasons.ts'

/** The workload to explain, with its pods. */
export interface ExplainedWorkload {
  readonly namespace: string
  readonly workload: WorkloadName
  readonly pods: readonly PodRecord[]
}

/**
 * Why a workload is balanced, planned, blocked or held: each of its groups with its counts and bounds, then what happens to each pod. Without
 * headers only the rows of the pods remain.
 */
export function workloadExplanation(
  plan: Plan,
  explained: ExplainedWorkload,
  { width, headers }: Pick<TableOptions, 'width' | 'headers'>,
): string {
  if (!headers)
    return podTable(explained, plan, { width, headers })
      .map(line => `${line}\n`)
      .join('')
  const { namespace, workload, pods } = explained
  const groups = groupsOfPods(plan, pods)
  const title = `${workloadText(workload)} in namespace ${printable(namespace)}, ${counted(pods.length, 'pod')}`
  if (groups.length === 0) {
    const unread = pods.map(({ spec }) => spec.unreadConstraints).find(problem => problem !== undefined)
    if (unread !== undefined)
      return `${wrap(printable(`${title}: none with a spread constraint that can be read; ${unread}`), width).join('\n')}\n`
    const nothing = pods.some(({ spec }) => spec.topologySpreadConstraints.length > 0)
      ? `${title}: none that carries a spread constraint runs on a node, so there is nothing to count yet.`
      : `${title}: none carries a spread constraint, so there is nothing to restore.`
    return `${wrap(nothing, width).join('\n')}\n`
  }
  const keys = shortKeys(plan.groups.map(group => group.topologyKey))
  const blocks = [
    wrap(title, width),
    ...groups.map(group => [
      headline(group, keys),
      ...domainLines(group.domains, width),
      ...wrap(printable(sentences(group, evictionsIn(group, plan))), width, '  '),
    ]),
    ...(pods.length === 0 ? [] : [podTable(explained, plan, { width, headers })]),
    noticesBeside(groups, plan, width),
  ]
  return blocks
    .filter(block => block.length > 0)
    .map(block => `${block.join('\n')}\n`)
    .join('\n')
}

/**
 * What is said about the whole cluster and none of the groups has said already: a zone without nodes, say, that none of them can count. What keeps
 * evictions from going out is of interest where some are planned.
 */
function noticesBeside(groups: readonly GroupPlan[], { notices }: Plan, width: number): readonly string[] {
  const said = new Set(groups.map(({ message }) => message))
  const isPlanned = groups.some(({ planned }) => planned > 0)
  return notices
    .filter(({ reason, message }) => !said.has(message) && (isPlanned || !BRAKES.has(reason)))
    .flatMap(({ reason, message }) => wrap(printable(`${reason}: ${message}`), width))
}

const BRAKES: ReadonlySet<Reason> = new Set<Reason>(['Paused', 'OutsideWindow'])

/** The groups that have any of these pods for members. */
export function groupsOfPods({ groups }: Plan, pods: readonly PodRecord[]): readonly GroupPlan[] {
  const uids = new Set(pods.map(({ uid }) => uid))
  return groups.filter(({ memberUids }) => memberUids.some(uid => uids.has(uid)))
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
    return { cells: ['', printableDomain(name), String(count), remarks.join(' ')] }
  })
  const lines = textTable(DOMAIN_COLUMNS, rows, { width, headers: false })
  if (isShort) return lines
  const counts = domains.map(({ count }) => count).sort((one, other) => one - other)
  return [
    ...lines,
    `  ${listed.length > 0 ? 'in all ' : ''}${domains.length} domains with ${counts.at(0) ?? 0} to ${counts.at(-1) ?? 0} pods`,
  ]
}

/** Evictions of the group's members, whichever constraint they are for: all of them change its counts. */
function evictionsIn({ memberUids }: GroupPlan, { evictions }: Plan): number {
  const members = new Set(memberUids)
  return evictions.filter(({ uid }) => members.has(uid)).length
}

function sentences(group: GroupPlan, moved: number): string {
  const { skew, maxSkew, status, reason, message, planned, excessAfter, blockers, workloads, alsoCounted } = group
  const evictions = Math.max(planned, moved)
  const brings = `${counted(evictions, 'eviction')} ${broughtTo(group, evictions === 1)}`
  const restored = excessAfter > 0 ? `${brings}, which is still too much` : brings
  return [
    `The skew is ${skew}, the maxSkew ${maxSkew}.`,
    planned > 0 ? `${status}: ${restored}${bounds(group, evictions)}.` : `${status}, ${reason}: ${message}${bounds(group, 0)}.`,
    ...blockers
      .filter(blocker => planned > 0 || blocker.reason !== reason)
      .map(({ pods, reason, message }) => `${counted(pods, 'pod')} left alone, ${reason}: ${message}.`),
    ...riskSentence(group),
    ...(workloads.length > 1 ? [`The constraint spans ${workloads.map(workloadText).join(', ')}.`] : []),
    ...(alsoCounted.length > 0
      ? [`The selector also counts ${alsoCounted.map(countedText).join(', ')}, which do not carry the constraint.`]
      : []),
  ].join(' ')
}

/** Where another domain is as full, or the emptiest takes none, the excess falls and the skew does not. */
function broughtTo({ skew, skewAfter, excess, excessAfter }: GroupPlan, isOne: boolean): string {
  if (skewAfter === skew && excessAfter < excess && excessAfter > 0) {
    return `${isOne ? 'lowers' : 'lower'} the excess from ${excess} to ${excessAfter} and ${isOne ? 'leaves' : 'leave'} the skew at ${skewAfter}`
  }
  return `${isOne ? 'brings' : 'bring'} it to ${skewAfter}`
}

function countedText({ workload, pods }: GroupPlan['alsoCounted'][number]): string {
  return `${counted(pods, 'pod')} of ${workloadText(workload)}`
}

function riskSentence({ risk: { readyPods, now, after }, workload, workloads }: GroupPlan): readonly string[] {
  if (readyPods === 0) return []
  const percent = (share: number): string => `${Math.round(share * 100)} %`
  const whose = workloads.length > 1 ? ` of ${workloadText(workload)}` : ''
  const planned = percent(now) === percent(after) ? '' : `, after the plan ${percent(after)}`
  return [`The loss of the fullest domain takes ${percent(now)} of the ${counted(readyPods, 'ready pod')}${whose}${planned}.`]
}

/** How far the plan is from the fewest evictions that could do. */
function bounds(group: GroupPlan, evictions: number): string {
  const { excess, excessAfter, lowerBound, reachableBound, reach } = group
  if (excess === 0) return ''
  if (evictions === lowerBound && excessAfter === 0) return ', the fewest that can'
  const onCounts = `; ${onCountsText(group)}`
  if (reach === 'beyond') return `${onCounts}, but as things are no number of evictions does`
  if (reachableBound === undefined) return onCounts
  return reachableBound === lowerBound ? onCounts : `${onCounts}, as things are it takes ${reachableBound}`
}

/** The counts alone do not tell that there are fewer domains than minDomains, which has the scheduler take the minimum for 0. */
function onCountsText({ domains, minDomains, lowerBound }: GroupPlan): string {
  if (domains.length >= minDomains) return `on counts alone ${lowerBound} would do`
  return lowerBound === 0 ? 'without minDomains none would be needed' : `on counts alone and without minDomains ${lowerBound} would do`
}

const POD_COLUMNS: readonly TableColumn[] = [{ heading: 'POD', isName: true }, { heading: 'NODE', isName: true }, { heading: 'WHAT' }]

/** Behind every eviction. */
const LAST = Number.MAX_SAFE_INTEGER

/** First what moves, in the order in which it does; then what stays, what stays for the same reason side by side. */
function podTable({ pods }: ExplainedWorkload, plan: Plan, options: Pick<TableOptions, 'width' | 'headers'>): readonly string[] {
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
      const said = eviction === undefined ? [`stays, ${standing?.reason ?? ''}`, standing?.message] : turn(eviction, options.width)
      const [what = '', ...below] = said.filter(each => each !== undefined)
      const row = { cells: [printable(name), printable(nodeName ?? '-'), what] }
      return below.length === 0 ? row : { ...row, below: printable(below.join('; ')) }
    })
  return textTable(POD_COLUMNS, saidOnce(rows), options)
}

/** When it goes and where to, and below that what does not fit or why its budget lets it wait. */
function turn({ wave, fromDomain, toDomain, certainty, waitsFor }: PlannedEviction, width: number): readonly (string | undefined)[] {
  const move = `${printableDomain(fromDomain)} -> ${printableDomain(toDomain)} (${certainty})`
  const waiting = waitsFor === undefined ? '' : `, ${waitsFor.reason}`
  const what = `wave ${wave}: ${move}${waiting}`
  // Domains as long as host names leave no place for the pod's own.
  const fits = what.length <= width - MOST_NARROW
  return fits ? [what, waitsFor?.message] : [`wave ${wave}${waiting}`, move, waitsFor?.message]
}

/** What is left for the last column when the names of pods and nodes stand on lines of their own. */
const MOST_NARROW = 'POD  NODE  '.length
