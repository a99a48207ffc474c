import { compareText } from './compare-text.ts'
import { isLabelKey, isLabelValue } from './label-syntax.ts'
import type { LabelOperator, LabelRequirement, Labels, LabelSelector } from './labels.ts'
import { isRawObject, shown } from './raw-value.ts'

const LEGAL_OPERATORS = 'In, NotIn, Exists, DoesNotExist'

/**
 * Reads a LabelSelector as it stands in an object: absent or null is `nothing`, `{}` is `everything`. Whatever apimachinery's
 * LabelSelectorAsSelector (1.36) fails on is `invalid`, with one sentence that says why.
 */
export function parseLabelSelector(raw: unknown): LabelSelector {
  if (raw === undefined || raw === null) return { kind: 'nothing' }
  if (!isRawObject(raw)) return invalid('a label selector must be an object with matchLabels and matchExpressions')
  const { matchLabels = null, matchExpressions = null } = raw
  if (matchLabels !== null && !isRawObject(matchLabels)) return invalid('matchLabels must be an object of texts')
  if (matchExpressions !== null && !Array.isArray(matchExpressions)) return invalid('matchExpressions must be a list')
  const requirements: LabelRequirement[] = []
  for (const [key, value] of Object.entries(matchLabels ?? {})) {
    const requirement = readRequirement(key, 'In', [value])
    if (typeof requirement === 'string') return invalid(`matchLabels: ${requirement}`)
    requirements.push(requirement)
  }
  for (const [index, expression] of (matchExpressions ?? []).entries()) {
    const requirement = isRawObject(expression)
      ? readRequirement(expression['key'], expression['operator'], expression['values'] ?? [])
      : 'an expression must be an object with key, operator and values'
    if (typeof requirement === 'string') return invalid(`matchExpressions[${index}]: ${requirement}`)
    requirements.push(requirement)
  }
  return fromRequirements(requirements)
}

/** The selector that asks for each of these labels; of no labels it is `everything`. */
export function selectorFromLabels(labels: Labels): LabelSelector {
  return fromRequirements(Array.from(labels, ([key, value]) => ({ key, operator: 'In', values: [value] })))
}

/** The selector AND the extra requirements, canonical. `nothing` and `invalid` stay what they are. */
export function withRequirements(selector: LabelSelector, extra: readonly LabelRequirement[]): LabelSelector {
  switch (selector.kind) {
    case 'nothing':
    case 'invalid':
      return selector
    case 'everything':
      return fromRequirements(extra)
    case 'requirements':
      return extra.length === 0 ? selector : fromRequirements([...selector.requirements, ...extra])
  }
}

/** Whether labels satisfy every requirement; an invalid selector matches nothing. */
export function matchesLabels(selector: LabelSelector, labels: Labels): boolean {
  switch (selector.kind) {
    case 'nothing':
    case 'invalid':
      return false
    case 'everything':
      return true
    case 'requirements':
      return selector.requirements.every(requirement => satisfies(requirement, labels.get(requirement.key)))
  }
}

/** One text for equal selectors and for them alone, whatever stands in keys and values. */
export function selectorKey(selector: LabelSelector): string {
  switch (selector.kind) {
    case 'nothing':
    case 'everything':
      return selector.kind
    case 'invalid':
      return JSON.stringify({ invalid: selector.problem })
    case 'requirements':
      return JSON.stringify(selector.requirements.map(partsOf))
  }
}

/** One requirement read from outside, or what is wrong with it (the checks of apimachinery's labels.NewRequirement, 1.36). */
export function readRequirement(key: unknown, operator: unknown, values: unknown): LabelRequirement | string {
  if (typeof key !== 'string' || !isLabelKey(key)) return `${shown(key)} is not a label key`
  if (!isLabelOperator(operator)) return `operator ${shown(operator)} is unknown; legal are ${LEGAL_OPERATORS}`
  if (!Array.isArray(values)) return `values of ${key} must be a list`
  const texts: string[] = []
  for (const value of values as readonly unknown[]) {
    if (typeof value !== 'string' || !isLabelValue(value)) return `${shown(value)} is not a label value (key ${key})`
    texts.push(value)
  }
  const takesValues = operator === 'In' || operator === 'NotIn'
  if (takesValues && texts.length === 0)
    return `operator ${operator} needs at least one value (key ${key}); Exists and DoesNotExist need none`
  if (!takesValues && texts.length > 0) return `operator ${operator} takes no values (key ${key}); In and NotIn do`
  return { key, operator, values: texts }
}

/** The canonical AND of these requirements. */
export function fromRequirements(requirements: readonly LabelRequirement[]): LabelSelector {
  if (requirements.length === 0) return { kind: 'everything' }
  const byText = new Map<string, LabelRequirement>()
  for (const requirement of requirements) {
    const canonical = { ...requirement, values: [...new Set(requirement.values)].sort() }
    byText.set(JSON.stringify(partsOf(canonical)), canonical)
  }
  const ordered = [...byText].sort(([left], [right]) => compareText(left, right))
  return { kind: 'requirements', requirements: ordered.map(([, requirement]) => requirement) }
}

function satisfies({ operator, values }: LabelRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
  }
}

function partsOf({ key, operator, values }: LabelRequirement): readonly unknown[] {
  return [key, operator, values]
}

function isLabelOperator(operator: unknown): operator is LabelOperator {
  return operator === 'In' || operator === 'NotIn' || operator === 'Exists' || operator === 'DoesNotExist'
}

function invalid(problem: string): LabelSelector {
  return { kind: 'invalid', problem }
}
