import type { Veto } from '../planning/reasons.ts'
import type { LoopHold } from './loop-hold.ts'
import { outsideWindows } from './maintenance-windows.ts'
import type { LoopSettings } from './settings.ts'

/** Why nothing is done at all: a person has paused it in the configuration. */
export function configuredPause({ paused }: LoopSettings): (LoopHold & Veto) | undefined {
  return paused ? { reason: 'Paused', message: 'the configuration says paused: true' } : undefined
}

/** Everything in the configuration that keeps evictions from going out at this moment: the loop heeds it, a report tells it. */
export function configuredBrakes(settings: LoopSettings, now: number): readonly Veto[] {
  return [configuredPause(settings), outsideWindows(settings.windows, now)].filter(brake => brake !== undefined)
}
