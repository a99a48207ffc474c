import { isRawObject } from '../cluster/raw-value.ts'

/** A JSON object that may hold anything. */
export type Fields = Readonly<Record<string, unknown>>

/** The value of a field that should be an object: an empty one where it is not. */
export function fieldsOf(value: unknown): Fields {
  return isRawObject(value) ? value : {}
}

/** The value of a field that should be a string: '' where it is not. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
