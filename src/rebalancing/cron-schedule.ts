import { Cron } from 'croner'

/** When something recurs: a cron expression, read by the clocks of a time zone. */
export interface CronSchedule {
  /** Five fields (minute hour day month weekday) or a nickname such as @daily. */
  readonly schedule: string
  /** IANA name. */
  readonly timeZone: string
}

/** As many fields as a CronJob has; croner would also take seconds, years and a date alone. */
const FIVE_FIELDS = /^\s*(?:@[A-Za-z]+|\S+(?:\s+\S+){4})\s*$/

/** What is wrong with a cron expression, as the end of a sentence; undefined when it comes round. */
export function scheduleProblem(schedule: string): string | undefined {
  if (!FIVE_FIELDS.test(schedule)) return 'it has not five fields'
  try {
    const cron = { schedule, timeZone: 'UTC' }
    return nextTime(cron, 0) === undefined ? 'no such day ever comes' : undefined
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error)
  }
}

/**
 * The first time of a schedule after another, in milliseconds since the epoch; undefined when there is none. A time of day that a change to
 * summer time skips comes when the clocks have jumped; one that a change back repeats comes once, the first time.
 */
export function nextTime({ schedule, timeZone }: CronSchedule, after: number): number | undefined {
  // Paused and without a job: it reckons and starts no timer. Lists and ranges of hours are times of day too, as in Vixie cron.
  const cron = new Cron(schedule, { timezone: timeZone, mode: '5-part', fixedTimeRule: 'no-wildcard', paused: true })
  return cron.nextRun(new Date(after))?.getTime()
}
