import { pino, stdTimeFunctions } from 'pino'
import type { DestinationStream } from 'pino'
import type { Recorder } from '../rebalancing/ports.ts'
import { createPatientOutput } from './patient-output.ts'

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

/**
 * @param level lines below it are dropped
 * @param output where lines go; stderr unless given
 */
export function createLog(level: LogLevel, output: DestinationStream = createPatientOutput(process.stderr)): Log {
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
