import { isLabelKey, isLabelValue } from './label-syntax.ts'
import type { NodeOperator, NodeRequirement, NodeSelector, NodeSelectorTerm, PreferredNodeTerm } from './node-selector.ts'
import type { RawField } from './raw-field.ts'
import { isRawObject, shown } from './raw-value.ts'

const OPERATORS: ReadonlySet<unknown> = new Set<NodeOperator>(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'])
const LEGAL_OPERATORS = [...OPERATORS].join(', ')

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n }

export function readNodeSelector(field: RawField): NodeSelector | undefined {
  if (!field.present) return undefined
  return { terms: field.at('nodeSelectorTerms').items().map(readNodeSelectorTerm) }
}

export function readPreferredNodeTerms(field: RawField): readonly PreferredNodeTerm[] {
  return field.items().flatMap(item => {
    const weight = item.at('weight').need().integer(0)
    return weight === undefined ? [] : [{ weight, term: readNodeSelectorTerm(item.at('preference')) }]
  })
}

/** A StorageClass's term: every key must have one of its values. */
export function readTopologySelectorTerm(field: RawField): NodeSelectorTerm {
  const expressions = field
    .at('matchLabelExpressions')
    .items()
    .map(item => ({ key: item.at('key').value, operator: 'In', values: item.at('values').value }))
  return toTerm(expressions, [])
}

/** A broken term is not the pod's problem: the scheduler goes on with the other terms (component-helpers nodeaffinity, 1.36). */
function readNodeSelectorTerm(field: RawField): NodeSelectorTerm {
  const { matchExpressions = null, matchFields = null } = isRawObject(field.value) ? field.value : { matchExpressions: field.value }
  return toTerm(matchExpressions ?? [], matchFields ?? [])
}

function toTerm(expressions: unknown, fields: unknown): NodeSelectorTerm {
  const labels = readAll(expressions, 'matchExpressions', readExpression)
  if (typeof labels === 'string') return { kind: 'invalid', problem: labels }
  const names = readAll(fields, 'matchFields', readField)
  if (typeof names === 'string') return { kind: 'invalid', problem: names }
  return { kind: 'term', expressions: labels, fields: names }
}

function readAll(
  raw: unknown,
  name: string,
  read: (raw: Readonly<Record<string, unknown>>, values: readonly string[]) => NodeRequirement | string,
): readonly NodeRequirement[] | string {
  if (!Array.isArray(raw)) return `${name} must be a list`
  const requirements: NodeRequirement[] = []
  for (const [index, item] of (raw as readonly unknown[]).entries()) {
    const values = isRawObject(item) ? (item['values'] ?? []) : undefined
    const readable = isRawObject(item) && Array.isArray(values) && values.every(value => typeof value === 'string')
    const requirement = readable ? read(item, values) : 'must have key, operator and a list of texts as values'
    if (typeof requirement === 'string') return `${name}[${index}]: ${requirement}`
    requirements.push(requirement)
  }
  return requirements
}

function readExpression(raw: Readonly<Record<string, unknown>>, values: readonly string[]): NodeRequirement | string {
  const { key, operator } = raw
  if (typeof key !== 'string' || !isLabelKey(key)) return `${shown(key)} is not a label key`
  if (!isNodeOperator(operator)) return `operator ${shown(operator)} is unknown; legal are ${LEGAL_OPERATORS}`
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) return `operator ${operator} needs at least one value`
      break
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) return `operator ${operator} takes no values`
      break
    case 'Gt':
    case 'Lt':
      if (values.length !== 1 || !values.every(isInt64)) return `operator ${operator} needs one whole number as value`
      break
  }
  const odd = values.find(value => !isLabelValue(value))
  return odd === undefined ? { key, operator, values } : `${shown(odd)} is not a label value`
}

function readField(raw: Readonly<Record<string, unknown>>, values: readonly string[]): NodeRequirement | string {
  const { key, operator } = raw
  if (key !== 'metadata.name') return `field ${shown(key)} is unknown; legal is metadata.name`
  if (operator !== 'In' && operator !== 'NotIn') return `operator ${shown(operator)} is unknown for a field; legal are In, NotIn`
  if (values.length !== 1) return `operator ${operator} needs exactly one value for a field`
  return { key, operator, values }
}

function isNodeOperator(operator: unknown): operator is NodeOperator {
  return OPERATORS.has(operator)
}

function isInt64(text: string): boolean {
  if (!/^[+-]?\d{1,30}$/.test(text)) return false
  const value = BigInt(text.replace('+', ''))
  return value >= INT64.min && value <= INT64.max
}
