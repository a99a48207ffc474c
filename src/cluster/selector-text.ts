import { fromRequirements, readRequirement } from './label-selector.ts'
import type { LabelRequirement, LabelSelector } from './labels.ts'

const LEGAL_FORMS = 'legal are key=value, key==value, key!=value, key in (a,b), key notin (a,b), key and !key, joined by commas'

/**
 * Reads kubectl's `-l` form of a selector (apimachinery labels.Parse, 1.36, without the numeric comparisons); empty is `everything`.
 * Throws an Error with one line that says what is wrong where, and what is legal.
 */
export function parseSelectorText(text: string): LabelSelector {
  const tokens = tokensOf(text)
  let position = 0

  const peek = (): string | undefined => tokens[position]
  const fail = (expected: string): never => {
    const found = peek()
    throw new Error(
      `selector "${text}": expected ${expected}, found ${found === undefined ? 'the end' : `"${found}"`} (part ${position + 1}); ${LEGAL_FORMS}`,
    )
  }
  const take = (expected: string, accepts: (token: string) => boolean): string => {
    const token = peek()
    if (token === undefined || !accepts(token)) return fail(expected)
    position += 1
    return token
  }
  const takeKey = (): string => take('a label key', token => isWord(token) && token !== 'in' && token !== 'notin')

  // As upstream, `key=` and `key in ()` ask for the empty value.
  const readValue = (): string => {
    const token = peek()
    return token !== undefined && isWord(token) ? take('a value', isWord) : ''
  }
  const readValueList = (): readonly string[] => {
    take('"("', token => token === '(')
    const values = [readValue()]
    while (peek() === ',') {
      position += 1
      values.push(readValue())
    }
    take('")"', token => token === ')')
    return values
  }
  const readOne = (): LabelRequirement | string => {
    if (peek() === '!') {
      position += 1
      return readRequirement(takeKey(), 'DoesNotExist', [])
    }
    const key = takeKey()
    if (peek() === undefined || peek() === ',') return readRequirement(key, 'Exists', [])
    const operator = take('an operator', token => ['=', '==', '!=', 'in', 'notin'].includes(token))
    const values = operator === 'in' || operator === 'notin' ? readValueList() : [readValue()]
    return readRequirement(key, operator === '!=' || operator === 'notin' ? 'NotIn' : 'In', values)
  }

  const requirements: LabelRequirement[] = []
  while (position < tokens.length) {
    if (requirements.length > 0) take('a comma', token => token === ',')
    const requirement = readOne()
    if (typeof requirement === 'string') throw new Error(`selector "${text}": ${requirement}`)
    requirements.push(requirement)
  }
  return fromRequirements(requirements)
}

function tokensOf(text: string): readonly string[] {
  return text.match(/==|!=|[=!(),]|[^\s=!(),]+/g) ?? []
}

function isWord(token: string): boolean {
  return !/^[=!(),]/.test(token)
}

/** The selector in kubectl's `-l` form, which {@link parseSelectorText} reads back; for what has no such form, a word. */
export function selectorText(selector: LabelSelector): string {
  if (selector.kind !== 'requirements') return selector.kind
  return selector.requirements.map(requirementText).join(',')
}

function requirementText({ key, operator, values }: LabelRequirement): string {
  switch (operator) {
    case 'In':
      return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${values.join(',')})`
    case 'NotIn':
      return values.length === 1 ? `${key}!=${values[0]}` : `${key} notin (${values.join(',')})`
    case 'Exists':
      return key
    case 'DoesNotExist':
      return `!${key}`
  }
}
