import { counted } from '../planning/counted.ts'
import { GROUP_STATUSES, type Plan } from '../planning/plan-types.ts'
import { workloadsAtRisk } from '../planning/risk.ts'
import { evictionTable } from './eviction-table.ts'
import { groupTable } from './group-table.ts'
import { printable } from './printable.ts'
import type { TableOptions } from './table-options.ts'
import { worstFirst } from './worst-first.ts'
import { wrap } from './wrap.ts'

export interface ReportTableOptions extends TableOptions {
  /** At most so many groups, and as many evictions; what is left out is told in numbers. Infinity shows all. */
  readonly limit: number
}

/**
 * A plan for a person: the groups, worst first; how many there are and what is planned; what is said about the whole cluster; the evictions.
 * Without headers only the rows remain, every one of them: the groups', an empty line, the evictions'.
 */
export function reportTable(plan: Plan, options: ReportTableOptions): string {
  const limit = options.headers ? options.limit : Infinity
  const groups = worstFirst(plan.groups)
  const evictions = [...plan.evictions].sort((one, other) => one.order - other.order)
  const { lines: groupLines, legend } = groupTable(groups.slice(0, limit), options.headers ? plan.notices : [], options)
  const evictionLines = evictionTable(evictions.slice(0, limit), options)
  const footer = [...(legend === undefined ? [] : wrap(legend, options.width)), ...summary(plan, options.width)]
  const blocks = options.headers
    ? [
        groups.length === 0 ? [] : [...groupLines, ...moreGroups(groups.slice(limit), options.width)],
        footer,
        notices(plan, options.width),
        evictions.length === 0 ? [] : [...evictionLines, ...moreEvictions(evictions.slice(limit), options.width)],
      ]
    : [groupLines, evictionLines]
  return blocks
    .filter(block => block.length > 0)
    .map(block => `${block.join('\n')}\n`)
    .join('\n')
}

function summary({ summary, groups, evictions }: Plan, width: number): readonly string[] {
  const cluster = `${counted(summary.pods, 'pod')} on ${counted(summary.nodes, 'node')}`
  if (summary.groups === 0) return wrap(`${cluster}: no pod carries a spread constraint.`, width)
  if (groups.length === 0) return wrap(`${cluster}: none of the ${counted(summary.groups, 'group')} is what -n and -l ask for.`, width)
  const waves = new Set(evictions.map(eviction => eviction.wave)).size
  const planned =
    evictions.length === 0 ? 'No eviction planned' : `${counted(evictions.length, 'eviction')} planned, in ${counted(waves, 'wave')}`
  // The bounds are the whole cluster's: beside a part of its groups they would mislead.
  const isPart = groups.length < summary.groups
  const outOfReach = groups.filter(({ reach }) => reach === 'beyond').length
  const leftAside = groups.filter(({ reach, status }) => reach === 'unknown' && status !== 'Balanced').length
  const beyond = [
    outOfReach === 0 ? '' : `, ${counted(outOfReach, 'group')} out of reach`,
    leftAside === 0 ? '' : `, ${counted(leftAside, 'group')} left aside`,
  ].join('')
  const bounds =
    isPart || summary.lowerBound === 0
      ? ''
      : ` (bounds: ${summary.lowerBound} on counts alone, ${summary.reachableBound} reachable${beyond})`
  return [
    ...wrap(
      `${isPart ? `${groups.length} of ${summary.groups} groups` : counted(groups.length, 'group')} among ${cluster}: ${states(groups)}.`,
      width,
    ),
    ...wrap(`${planned}${bounds}.`, width),
    ...(isPart || evictions.length === 0 || evictions.some(({ wave }) => wave === 1)
      ? []
      : // Caps leave room for one eviction at least.
        wrap('None of them may go now: their budgets allow no disruption at the moment, so that wave 1 is empty.', width)),
    ...budgetsInTheWay(evictions).flatMap(sentence => wrap(printable(sentence), width)),
    ...wrap(risks(groups), width),
  ]
}

/** Which budgets keep evictions from going now, those of the most evictions first. */
function budgetsInTheWay(evictions: Plan['evictions']): readonly string[] {
  const waiting = evictions.filter(({ waitsFor }) => waitsFor !== undefined)
  const byBudget = Map.groupBy(waiting, ({ namespace, waitsFor }) => `in ${namespace}, ${waitsFor?.reason}: ${waitsFor?.message}.`)
  const sentences = [...byBudget]
    .sort(([, some], [, more]) => more.length - some.length)
    .map(([refusal, { length }]) => `${counted(length, 'eviction waits', 'evictions wait')} ${refusal}`)
  const others = sentences.length - LISTED_BUDGETS
  return others <= 0
    ? sentences
    : [...sentences.slice(0, LISTED_BUDGETS), `So do those of ${counted(others, 'other budget')}; -o json names them.`]
}

/** After an outage every budget may be exhausted. */
const LISTED_BUDGETS = 3

/** What the next outage would do to what is shown, and what the plan makes of that. */
function risks(groups: Plan['groups']): string {
  const { now, after } = workloadsAtRisk(groups)
  if (now === 0 && after === 0) return ''
  const planned = after === now ? '' : `; after the plan ${after}`
  return `${counted(now, 'workload')} would lose half or more of the ready pods with one domain${planned}.`
}

function moreGroups(groups: Plan['groups'], width: number): readonly string[] {
  if (groups.length === 0) return []
  return wrap(`... and ${counted(groups.length, 'more group')}: ${states(groups)}. --limit 0 shows all, -n and -l some.`, width)
}

function moreEvictions(evictions: Plan['evictions'], width: number): readonly string[] {
  const [next, last] = [evictions.at(0), evictions.at(-1)]
  if (next === undefined || last === undefined) return []
  const waves = next.wave === last.wave ? `wave ${next.wave}` : `waves ${next.wave} to ${last.wave}`
  return wrap(`... and ${counted(evictions.length, 'more eviction')}, in ${waves}.`, width)
}

/** `2 violated, 1 held`. */
function states(groups: Plan['groups']): string {
  const byStatus = Map.groupBy(groups, group => group.status)
  return GROUP_STATUSES.flatMap(status => {
    const number = byStatus.get(status)?.length ?? 0
    return number === 0 ? [] : [`${number} ${status.toLowerCase()}`]
  }).join(', ')
}

function notices(plan: Plan, width: number): readonly string[] {
  return plan.notices.flatMap(notice => wrap(printable(`${notice.reason}: ${notice.message}`), width))
}
