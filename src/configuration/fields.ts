import { z } from 'zod'
import { messageOf } from '../cluster/error-message.ts'
import type { LabelSelector } from '../cluster/labels.ts'
import { parseSelectorText } from '../cluster/selector-text.ts'
import { scheduleProblem } from '../rebalancing/cron-schedule.ts'
import { DURATION_EXAMPLES, DURATION_PATTERN, formatDuration, parseDuration } from './duration.ts'

// The `error` of each field is what is legal there, in words that fit after "expected": describe-problems.ts builds the sentence.

/** A section of the file. Left out or empty (all its lines commented out), it has its defaults. */
export function section<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
  ...checks: readonly z.core.CheckFn<z.output<z.ZodObject<Shape>>>[]
) {
  return z.preprocess(value => value ?? {}, z.strictObject(shape).check(...checks))
}

export function wholeNumber({ min, max }: { readonly min: number; readonly max: number }) {
  const error = `a whole number from ${min} to ${max}`
  return z.int({ error }).min(min, { error }).max(max, { error })
}

const DAY = 86_400_000

/** Go style in the file, milliseconds once read. Bounds and default are milliseconds. */
export function duration({ min, byDefault }: { readonly min: number; readonly byDefault: number }) {
  return durationWithin(min, DAY)
    .default(formatDuration(byDefault))
    .transform(text => parseDuration(text) ?? byDefault)
}

/** The same without a default. */
export function requiredDuration({ min, max }: { readonly min: number; readonly max: number }) {
  return durationWithin(min, max).transform(text => parseDuration(text) ?? min)
}

function durationWithin(min: number, max: number) {
  const error = `a duration from ${formatDuration(min)} to ${formatDuration(max)}, ${DURATION_EXAMPLES}`
  return z
    .string({ error })
    .regex(DURATION_PATTERN, { error, abort: true })
    .check(({ value, issues }) => {
      const ms = parseDuration(value) ?? Number.NaN
      if (!(ms >= min && ms <= max)) issues.push({ code: 'invalid_format', format: 'duration', input: value, message: error })
    })
}

/** A cron expression that comes round some day. */
export function cronSchedule() {
  const error = 'a cron schedule (minute hour day month weekday) such as 0 22 * * 1-5'
  return z.string({ error }).check(({ value, issues }) => {
    const problem = scheduleProblem(value)
    if (problem !== undefined) issues.push({ code: 'custom', input: value, message: `found "${value}", expected ${error}: ${problem}` })
  })
}

/** By name only: an offset such as +02:00 would be wrong for half of the year. */
export function timeZone() {
  const error = 'a time zone by its name, such as Europe/Vienna or UTC'
  return z.string({ error }).check(({ value, issues }) => {
    if (!isTimeZone(value)) issues.push({ code: 'invalid_format', format: 'time zone', input: value, message: error })
  })
}

function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

export function choice<const Value extends string>(values: readonly Value[]) {
  return z.enum(values, { error: `one of ${values.join(', ')}` })
}

export function flag() {
  return z.boolean({ error: 'true or false' })
}

/**
 * A kind of owner, be it a custom resource, with its group where the name alone may mean another (`StatefulSet.apps.kruise.io`). Well-known ones
 * must be spelt as Kubernetes does, and those whose pods are never moved are refused.
 */
export function ownerKind(known: readonly string[], never: readonly string[]) {
  const error = `a kind such as ${known.join(', ')} (a custom resource's too)`
  return z
    .string({ error })
    .regex(/^[A-Z][A-Za-z0-9]{0,62}(?:\.[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?)?$/, { error, abort: true })
    .check(({ value, issues }) => {
      const meant = known.find(kind => kind !== value && kind.toLowerCase() === value.toLowerCase())
      if (meant !== undefined) issues.push({ code: 'custom', input: value, message: `found "${value}"; did you mean ${meant}?` })
      if (never.includes(value.split('.')[0] ?? ''))
        issues.push({ code: 'custom', input: value, message: `pods of a ${value} belong to their node and are never moved` })
      const between = IN_BETWEEN.get(value)
      if (between !== undefined)
        issues.push({ code: 'custom', input: value, message: `found "${value}", which owns no pods itself; did you mean ${between}?` })
    })
}

/** Kinds that many would name first, and what the pods belong to in their place. */
const IN_BETWEEN: ReadonlyMap<string, string> = new Map([
  ['Deployment', 'ReplicaSet'],
  ['Deployment.apps', 'ReplicaSet'],
  ['CronJob', 'Job'],
  ['CronJob.batch', 'Job'],
])

/** kubectl's -l form in the file, a LabelSelector once read. Empty means `whenEmpty`. */
export function selector(whenEmpty: 'everything' | 'nothing') {
  return z
    .string({ error: 'a label selector such as env=prod,team in (a,b)' })
    .check(({ value, issues }) => {
      try {
        parseSelectorText(value)
      } catch (problem) {
        issues.push({ code: 'custom', input: value, message: messageOf(problem) })
      }
    })
    .default('')
    .transform((text): LabelSelector => {
      if (text.trim() === '') return { kind: whenEmpty }
      try {
        return parseSelectorText(text)
      } catch {
        // Told above; zod goes on to transform what a check has found wanting.
        return { kind: 'nothing' }
      }
    })
}

const DNS_LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/

export function namespaceName() {
  const error = 'the exact name of a namespace (lower-case letters, digits, "-"; at most 63)'
  return z.string({ error }).regex(DNS_LABEL, { error })
}

export function objectName() {
  const error = 'a name (lower-case letters, digits, "-", "."; at most 253)'
  return z.string({ error }).regex(/^(?=.{1,253}$)[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?$/, { error })
}

export function labelKey() {
  const error = 'a label key such as topology.kubernetes.io/zone'
  return z
    .string({ error })
    .regex(/^(?:(?=[^/]{1,253}\/)[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?\/)?(?=.{1,63}$)[A-Za-z0-9](?:[-._A-Za-z0-9]*[A-Za-z0-9])?$/, {
      error,
    })
}

export function labelValue() {
  const error = 'a label value (letters, digits, "-", "_", "."; at most 63)'
  return z.string({ error }).regex(/^(?=.{1,63}$)[A-Za-z0-9](?:[-._A-Za-z0-9]*[A-Za-z0-9])?$/, { error })
}
