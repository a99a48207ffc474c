import { isRawObject } from '../../cluster/raw-value.ts'

/** As kubectl writes a selector. A ReplicationController has the labels themselves. */
export function writtenSelector(selector: unknown): string {
  if (!isRawObject(selector)) return ''
  const { matchLabels, matchExpressions } = selector
  const labels = isRawObject(matchLabels) ? matchLabels : Array.isArray(matchExpressions) ? {} : selector
  const equalities = Object.entries(labels).map(([key, value]) => `${key}=${String(value)}`)
  const expressions: readonly unknown[] = Array.isArray(matchExpressions) ? matchExpressions : []
  return [...equalities, ...expressions.filter(isRawObject).map(expressionText)].join(',')
}

function expressionText({ key, operator, values }: Readonly<Record<string, unknown>>): string {
  const list = Array.isArray(values) ? values.join(',') : ''
  switch (operator) {
    case 'In':
      return `${String(key)} in (${list})`
    case 'NotIn':
      return `${String(key)} notin (${list})`
    case 'DoesNotExist':
      return `!${String(key)}`
    default:
      return String(key)
  }
}
