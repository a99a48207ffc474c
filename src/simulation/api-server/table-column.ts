import type { RawObject } from '../object-store.ts'
import { valueAt } from './field-path.ts'
import { age } from './human-duration.ts'

export interface TableColumn {
  readonly name: string
  readonly kind: 'string' | 'integer'
  /** Shown by `-o wide` alone. */
  readonly wide?: boolean
  /** @param now milliseconds since the epoch */
  readonly cell: (object: RawObject, now: number) => string | number
}

export const NAME = text('Name', 'metadata.name')
export const AGE: TableColumn = { name: 'Age', kind: 'string', cell: (object, now) => age(object.metadata.creationTimestamp, now) }

export function computed(name: string, cell: (object: RawObject) => string): TableColumn {
  return { name, kind: 'string', cell }
}

export function text(name: string, path: string, absent = ''): TableColumn {
  return computed(name, object => field(object, path) || absent)
}

export function number(name: string, path: string): TableColumn {
  return { name, kind: 'integer', cell: object => Number(field(object, path)) }
}

/** A number in a column that is declared as text. */
export function numberAsText(name: string, path: string): TableColumn {
  return { ...number(name, path), kind: 'string' }
}

export function wide(column: TableColumn): TableColumn {
  return { ...column, wide: true }
}

/** What stands at the path as text, "" where nothing does. */
export function field(object: unknown, path: string): string {
  const value = valueAt(object, path)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** A field of every item of a list, joined by commas. */
export function joined(object: RawObject, listPath: string, path: string): string {
  const list = valueAt(object, listPath)
  return Array.isArray(list) ? list.map(item => field(item, path)).join(',') : ''
}
