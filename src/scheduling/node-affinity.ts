import type { NodeRequirement, NodeSelector, NodeSelectorTerm } from '../cluster/node-selector.ts'
import type { NodeRecord } from '../cluster/node.ts'
import type { PodSpec } from '../cluster/pod.ts'

/** What node selectors read of a node. */
type SelectableNode = Pick<NodeRecord, 'name' | 'labels'>

/** `nodeSelector` and required node affinity of a pod, without the profile's addedAffinity (nodeaffinity.GetRequiredNodeAffinity, 1.36). */
export function matchesRequiredNodeAffinity(spec: PodSpec, node: SelectableNode): boolean {
  for (const [key, value] of spec.nodeSelector) {
    if (node.labels.get(key) !== value) return false
  }
  return spec.requiredNodeAffinity === undefined || matchesNodeSelector(spec.requiredNodeAffinity, node)
}

/** At least one term matches; a selector without terms matches nothing. */
export function matchesNodeSelector(selector: NodeSelector, node: SelectableNode): boolean {
  return selector.terms.some(term => matchesNodeSelectorTerm(term, node))
}

/** Every expression and every field matches; a term without any, or one that cannot be read, matches nothing. */
export function matchesNodeSelectorTerm(term: NodeSelectorTerm, node: SelectableNode): boolean {
  if (term.kind === 'invalid' || (term.expressions.length === 0 && term.fields.length === 0)) return false
  return (
    term.expressions.every(expression => satisfies(expression, node.labels.get(expression.key))) &&
    term.fields.every(field => matchesField(field, node.name))
  )
}

function satisfies({ operator, values }: NodeRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return compare(value, values[0], (left, right) => left > right)
    case 'Lt':
      return compare(value, values[0], (left, right) => left < right)
  }
}

/** Gt and Lt need the label and numbers on both sides. */
function compare(value: string | undefined, bound: string | undefined, holds: (left: bigint, right: bigint) => boolean): boolean {
  const left = parseInt64(value)
  const right = parseInt64(bound)
  return left !== undefined && right !== undefined && holds(left, right)
}

/** As Go's strconv.ParseInt(text, 10, 64): a bigint, because a double would blur the largest numbers. */
function parseInt64(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^[+-]?\d+$/.test(text)) return undefined
  const number = BigInt(text.replace('+', ''))
  return number === BigInt.asIntN(64, number) ? number : undefined
}

/** Fields know `metadata.name` alone, `In` or `NotIn` exactly one name; anything else is a parse error upstream and fails the term. */
function matchesField({ key, operator, values }: NodeRequirement, name: string): boolean {
  if (key !== 'metadata.name' || values.length !== 1) return false
  if (operator === 'In') return values[0] === name
  return operator === 'NotIn' && values[0] !== name
}
