import { parseArgs } from 'node:util'
import { respread } from '../closed-loop/respread.ts'
import type { Scenario } from '../closed-loop/scenario.ts'
import {
  autoscalerOscillates,
  consolidatorMovesBack,
  drainTakesBudget,
  rivalTakesBudget,
  rolloutBegins,
} from '../closed-loop/scenarios/neighbours.ts'
import { replacementsAreNeverReady, schedulerChoosesAnyNode } from '../closed-loop/scenarios/pods.ts'
import { drainEnds, zoneDiesAgain, zoneHasNoRoom, zoneIsReplaced, zoneOutage } from '../closed-loop/scenarios/zones.ts'
import { outcomeOf, type Outcome } from './loop-outcome.ts'
import { evictAllAtOnce } from './plain-strategy.ts'

const SCENARIOS: readonly Scenario[] = [
  zoneOutage,
  zoneDiesAgain,
  zoneIsReplaced,
  zoneHasNoRoom,
  drainEnds,
  replacementsAreNeverReady,
  consolidatorMovesBack,
  autoscalerOscillates,
  rolloutBegins,
  drainTakesBudget,
  rivalTakesBudget,
  schedulerChoosesAnyNode,
]

/**
 * Prints what respread comes to in the scenarios of the closed-loop tests, in virtual time, and a strategy that evicts all excess at once every five
 * minutes; an error names the targets that respread misses. Option: --scenarios zone-outage,drain-ends.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { scenarios: { type: 'string' } } })
  const asked = values.scenarios?.split(',')
  const unknown = asked?.filter(name => !SCENARIOS.some(scenario => scenario.name === name)) ?? []
  if (unknown.length > 0)
    throw new Error(`bench loop has no scenario ${unknown.join(', ')}, only ${SCENARIOS.map(({ name }) => name).join(', ')}`)
  console.log(line('scenario', 'strategy', 'evictions/bound', 'in vain', 'in flight', 'Ready (floor)', 'no budget', 'to balance'))
  const missed: string[] = []
  for (const scenario of SCENARIOS.filter(({ name }) => asked?.includes(name) ?? true)) {
    const own = await outcomeOf(scenario, respread)
    const other = await outcomeOf(scenario, evictAllAtOnce)
    console.log(line(scenario.name, 'respread', ...cellsOf(own, own.bound)))
    console.log(line('', 'all at once', ...cellsOf(other, own.bound)))
    missed.push(...missedBy(scenario, own).map(target => `${scenario.name}: ${target}`))
  }
  if (missed.length === 0) return
  console.error(`respread has missed its targets:\n  ${missed.join('\n  ')}`)
  process.exitCode = 1
}

/** What respread is to keep to. Where the scheduler may put a pod anywhere, nobody can tell what an eviction comes to. */
function missedBy({ interfered, quirks }: Scenario, { evictions, bound, inVain, underBudget }: Outcome): readonly string[] {
  const missed: string[] = []
  const isForeseeable = quirks?.choice !== 'anyFeasible'
  if (isForeseeable && interfered !== true && evictions !== bound) missed.push(`${evictions} evictions where ${bound} would do`)
  const allowed = interfered === true ? 1 : 0
  for (const [workload, times] of inVain) {
    if (isForeseeable && times > allowed) missed.push(`${times} evictions of ${workload} in vain`)
  }
  if (underBudget !== undefined && underBudget.ready < underBudget.floor) missed.push('fewer Ready pods than a budget asks for')
  return missed
}

function cellsOf(outcome: Outcome, bound: number): readonly string[] {
  const { evictions, inVain, mostInFlight, underBudget, withoutBudget, timeToBalance } = outcome
  const vain = [...inVain.values()].reduce((sum, each) => sum + each, 0)
  return [
    `${evictions}/${bound}`,
    String(vain),
    String(mostInFlight),
    underBudget === undefined ? '-' : `${percent(underBudget.ready)} (${percent(underBudget.floor)})`,
    withoutBudget === undefined ? '-' : percent(withoutBudget),
    timeToBalance === undefined ? 'never' : minutes(timeToBalance),
  ]
}

const percent = (share: number): string => `${Math.round(share * 100)} %`

function minutes(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

const WIDTHS = [30, 13, 17, 9, 11, 15, 11, 12]

function line(...cells: readonly string[]): string {
  return cells.map((cell, index) => (index < 2 ? cell.padEnd(WIDTHS[index] ?? 0) : cell.padStart(WIDTHS[index] ?? 0))).join('')
}
