import { timestamp } from '../cluster/timestamp.ts'
import type { Veto } from '../planning/reasons.ts'
import { nextTime, type CronSchedule } from './cron-schedule.ts'
import type { LoopHold } from './loop-hold.ts'

/** A time in which evictions may go out: it opens whenever its schedule comes round. */
export interface MaintenanceWindow extends CronSchedule {
  /** Milliseconds that it stays open, whatever the clocks do meanwhile. */
  readonly duration: number
}

/** Why no eviction may go out at this moment: every window is shut. Undefined while one is open, and when there are none to keep to. */
export function outsideWindows(windows: readonly MaintenanceWindow[], now: number): (LoopHold & Veto) | undefined {
  if (windows.length === 0 || windows.some(window => isOpen(window, now))) return undefined
  const openings = windows.flatMap(window => {
    const opensAt = nextTime(window, now)
    return opensAt === undefined ? [] : [{ window, opensAt }]
  })
  const next = openings.toSorted((a, b) => a.opensAt - b.opensAt)[0]
  const message = 'no maintenance window is open'
  if (next === undefined) return { reason: 'OutsideWindow', message }
  const { window, opensAt } = next
  return {
    reason: 'OutsideWindow',
    until: opensAt,
    message: `${message}; the next opens at ${timestamp(opensAt)} (${window.schedule} in ${window.timeZone})`,
  }
}

/** The end is no part of it. */
function isOpen(window: MaintenanceWindow, now: number): boolean {
  const opened = nextTime(window, now - window.duration)
  return opened !== undefined && opened <= now
}
