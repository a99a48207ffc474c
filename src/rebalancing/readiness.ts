import { configuredPause } from './configured-brakes.ts'
import { staleness } from './freshness.ts'
import type { LoopHold } from './loop-hold.ts'
import type { LoopContext } from './loop-state.ts'
import { outsideWindows } from './maintenance-windows.ts'
import type { Stops } from './stops.ts'

/**
 * Why this pass must not look at the world at all. Reads the history where that is due, and stores what the last pass has changed in it; that takes
 * time, so {@link obstacle} has the last word.
 */
export async function notReady(context: LoopContext, stops: Stops): Promise<LoopHold | undefined> {
  const { ports, settings, state } = context
  if (state.stopped?.until !== undefined && state.stopped.until <= ports.clock.now()) state.stopped = undefined
  if (!ports.leadership.mayAct()) return obstacle(context)
  if (!state.memory.recalled) {
    const problem = await state.memory.recall(ports.clock.now())
    if (problem !== undefined) return { reason: 'HistoryUnreadable', message: `the history could not be read: ${problem}` }
  }
  // A dry run evicts nothing that a stop could keep back, and writes nothing.
  if (!settings.dryRun) {
    const unheeded = await stops.heed()
    if (unheeded !== undefined) return unheeded
    const problem = await state.memory.keep()
    if (problem !== undefined) return { reason: 'HistoryNotStored', message: `the history could not be stored: ${problem}` }
  }
  return undefined
}

/** Why nothing may be sent at this very moment; asked again right before each request. */
export function barred(context: LoopContext): LoopHold | undefined {
  return obstacle(context) ?? outsideWindows(context.settings.windows, context.ports.clock.now())
}

/**
 * Why nothing may be done, planning included. True of this turn of the event loop alone: in the next one the list of a kind may be half in, so
 * whoever decides asks in the same turn.
 */
export function obstacle({ ports, settings, state }: LoopContext): LoopHold | undefined {
  if (state.ending !== undefined) return { reason: 'Ending', message: 'the run is about to end' }
  if (!ports.leadership.mayAct()) return { reason: 'NotLeader', message: 'this process does not hold the lease' }
  return configuredPause(settings) ?? state.stopped ?? staleness(ports.view.freshness(), settings.freshness)
}
