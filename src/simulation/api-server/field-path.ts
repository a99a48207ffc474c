import { isRawObject } from '../../cluster/raw-value.ts'

/** What stands at a path such as `spec.nodeName`; undefined where the path leads nowhere. */
export function valueAt(object: unknown, path: string): unknown {
  let value = object
  for (const field of path.split('.')) value = isRawObject(value) ? value[field] : undefined
  return value
}
