import type { RawObject } from '../object-store.ts'
import type { ServedType } from './served-types.ts'

/** The object as it is sent on its own. */
export function objectText(type: ServedType, stored: RawObject): string {
  return JSON.stringify(type.present(stored))
}

/** The object as an item of a list, which leaves out the kind and version that the list has said. */
export function itemText(type: ServedType, stored: RawObject): string {
  const { kind: _, apiVersion: __, ...item } = type.present(stored)
  return JSON.stringify(item)
}
