import { isRawObject } from '../../cluster/raw-value.ts'
import { jsonEqual } from '../json-value.ts'

/**
 * Applies a JSON Patch (RFC 6902) and returns the result; the document stays as it is.
 * @throws Error with the operation that does not fit the document
 */
export function applyJsonPatch(document: unknown, operations: readonly unknown[]): unknown {
  return operations.reduce(applyOne, document)
}

function applyOne(document: unknown, operation: unknown): unknown {
  if (!isRawObject(operation)) throw new Error('an operation must be an object')
  const { op, value } = operation
  const path = pointer(operation['path'], 'path')
  switch (op) {
    case 'add':
      return changed(document, path, value, 'add')
    case 'replace':
      return changed(document, path, value, 'replace')
    case 'remove':
      return changed(document, path, undefined, 'remove')
    case 'test':
      if (!jsonEqual(read(document, path), value)) throw new Error(`testing path ${String(operation['path'])} failed`)
      return document
    case 'move': {
      const from = pointer(operation['from'], 'from')
      return changed(changed(document, from, undefined, 'remove'), path, read(document, from), 'add')
    }
    case 'copy':
      return changed(document, path, read(document, pointer(operation['from'], 'from')), 'add')
    default:
      throw new Error(`unexpected kind: ${String(op)}; legal are add, remove, replace, move, copy and test`)
  }
}

/** RFC 6901. */
function pointer(text: unknown, field: string): readonly string[] {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/'))) throw new Error(`${field} must be a JSON pointer`)
  return text
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function read(document: unknown, path: readonly string[]): unknown {
  let value = document
  for (const part of path) {
    value = Array.isArray(value) ? value[position(part, value.length - 1)] : isRawObject(value) ? ownField(value, part) : undefined
    if (value === undefined) throw missing(path)
  }
  return value
}

function changed(document: unknown, path: readonly string[], value: unknown, how: 'add' | 'replace' | 'remove'): unknown {
  const [part, ...rest] = path
  if (part === undefined) return value
  if (Array.isArray(document)) {
    const list: unknown[] = document
    if (rest.length > 0) {
      const at = position(part, list.length - 1)
      return list.with(at, changed(list[at], rest, value, how))
    }
    if (how === 'add') return list.toSpliced(part === '-' ? list.length : position(part, list.length), 0, value)
    const at = position(part, list.length - 1)
    return how === 'remove' ? list.toSpliced(at, 1) : list.with(at, value)
  }
  if (!isRawObject(document)) throw missing(path)
  const fields = new Map(Object.entries(document))
  if ((rest.length > 0 || how !== 'add') && !fields.has(part)) throw missing(path)
  if (rest.length > 0) fields.set(part, changed(fields.get(part), rest, value, how))
  else if (how === 'remove') fields.delete(part)
  else fields.set(part, value)
  return Object.fromEntries(fields)
}

function ownField(object: Readonly<Record<string, unknown>>, field: string): unknown {
  return Object.hasOwn(object, field) ? object[field] : undefined
}

function position(part: string, highest: number): number {
  if (!/^(?:0|[1-9]\d*)$/.test(part) || Number(part) > highest) throw new Error(`invalid array index ${part}`)
  return Number(part)
}

function missing(path: readonly string[]): Error {
  return new Error(`missing value: /${path.join('/')}`)
}
