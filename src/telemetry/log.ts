import { destination, pino, stdTimeFunctions } from 'pino'
import type { DestinationStream } from 'pino'
import type { Recorder } from '../rebalancing/ports.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const

export type LogLevel = (typeof LOG_LEVELS)[number]

type Fields = Readonly<Record<string, unknown>>

/** One JSON object a line: `level`, `time`, the fields given, `message`. */
export interface Log {
  debug(message: string, fields?: Fields): void
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  error(message: string, fields?: Fields): void
  /** Logs each occurrence with its reason, what it is about and its fields. */
  readonly recorder: Recorder
}

/** What may wait for a reader that does not keep up, in characters: some fifty thousand lines. What comes on top is lost. */
const MOST_WAITING = 16 * 1024 * 1024

/**
 * Lines wait in memory until whoever collects them has taken those before: written at once, thousands that come together, or a collector that is
 * busy elsewhere, would hold up everything, the renewal of the lease included. What waits when the process ends is written then.
 */
const toStderr = (): DestinationStream => destination({ fd: process.stderr.fd, sync: false, maxLength: MOST_WAITING })

/**
 * @param level lines below it are dropped
 * @param output where lines go; stderr unless given
 */
export function createLog(level: LogLevel, output: DestinationStream = toStderr()): Log {
  const logger = pino(
    {
      level,
      // Names and ISO times instead of numbers; no pid and hostname: the pod's name is known to whoever collects its log.
      base: null,
      messageKey: 'message',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
    },
    output,
  )
  return {
    debug: (message, fields = {}) => logger.debug(fields, message),
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
    recorder: {
      record: ({ reason, level, message, about, fields }) => {
        logger[level === 'warning' ? 'warn' : 'info']({ reason, about, ...fields }, message)
      },
    },
  }
}
