import type { RawObject } from '../object-store.ts'
import { valueAt } from './field-path.ts'
import type { ServedType } from './served-types.ts'
import { badRequest } from './status.ts'

/** Where metav1.MicroTime stands in an object. Unlike every other time it is read with exactly six digits of a second, or not at all. */
const MICRO_TIMES: Readonly<Record<string, readonly string[]>> = {
  leases: ['spec.acquireTime', 'spec.renewTime'],
  events: ['eventTime', 'series.lastObservedTime'],
}
const LAYOUT = '2006-01-02T15:04:05.000000Z07:00'

/** @throws StatusError 400 for a time that Go's RFC3339Micro layout does not read */
export function checkMicroTimes(type: ServedType, object: RawObject): void {
  for (const path of MICRO_TIMES[type.resource] ?? []) {
    const value = valueAt(object, path)
    const problem = value === undefined || value === null ? undefined : problemOf(value)
    if (problem === undefined) continue
    throw badRequest(`${type.kind} in version "${type.version}" cannot be handled as a ${type.kind}: ${problem}`)
  }
}

function problemOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return `json: cannot unmarshal ${typeof value} into Go value of type string`
  const [, date, rest = ''] = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(.*)$/s.exec(value) ?? []
  if (date === undefined) return cannotParse(value, value, '2006')
  if (!/^\.\d{6}/.test(rest)) return cannotParse(value, rest, '.000000')
  const zone = rest.slice(7)
  if (!/^(?:Z|[+-]\d{2}:\d{2})$/.test(zone)) return cannotParse(value, zone, 'Z07:00')
  return Number.isNaN(Date.parse(value)) ? `parsing time ${JSON.stringify(value)}: out of range` : undefined
}

function cannotParse(value: string, part: string, layoutPart: string): string {
  return `parsing time ${JSON.stringify(value)} as "${LAYOUT}": cannot parse ${JSON.stringify(part)} as "${layoutPart}"`
}
