import { parseQuantity, type Quantity } from './quantity.ts'
import type { RawField } from './raw-field.ts'
import { EMPTY_LIST, type ResourceList } from './resource-list.ts'

/** Reads an amount, which must not be negative. */
export function readQuantity(field: RawField): Quantity | undefined {
  const { value } = field
  if (!field.present) return undefined
  const quantity = typeof value === 'string' || typeof value === 'number' ? parseQuantity(value) : undefined
  if (quantity === undefined) field.refuse('is not a quantity')
  else if (quantity.nanos < 0n) field.refuse('is negative')
  else return quantity
  return undefined
}

/** Reads amounts by resource name; those that are no quantity are left out. */
export function readResourceList(field: RawField): ResourceList {
  const list = new Map<string, Quantity>()
  for (const [name, amount] of field.entries()) {
    const quantity = readQuantity(amount)
    if (quantity !== undefined) list.set(name, quantity)
  }
  return list.size === 0 ? EMPTY_LIST : list
}
