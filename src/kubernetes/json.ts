/** A JSON object that may hold anything. */
export type Fields = Readonly<Record<string, unknown>>

/** Whether a parsed value is an object, whose fields may then be looked at one by one. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value of a field that should be an object: an empty one where it is not. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {}
}

/** The value of a field that should be a string: '' where it is not. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
