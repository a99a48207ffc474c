import { Document, visit } from 'yaml'

/**
 * JSON as kubectl prints it, with every character beyond ASCII escaped: the same value, but harmless to a terminal. It comes in pieces, one for
 * each element of a list at the top: of a large cluster the whole would be longer than a string can be. Ends with a newline.
 */
export function* jsonPieces(value: object): Generator<string> {
  let before = '{\n'
  for (const [key, field] of entriesOf(value)) {
    yield `${before}  ${plain(JSON.stringify(key))}: `
    before = ',\n'
    if (Array.isArray(field) && field.length > 0) {
      for (const [index, item] of field.entries()) yield `${index === 0 ? '[' : ','}\n    ${jsonAt('    ', item)}`
      yield '\n  ]'
    } else yield jsonAt('  ', field)
  }
  yield before === '{\n' ? '{}\n' : '\n}\n'
}

/** The same value in YAML. */
export function* yamlPieces(value: object): Generator<string> {
  let isEmpty = true
  for (const [key, field] of entriesOf(value)) {
    isEmpty = false
    if (Array.isArray(field) && field.length > 0) {
      for (const [index, item] of field.entries()) {
        const text = yamlOf({ [key]: [item] })
        // The key stands once, over the first.
        yield index === 0 ? text : text.slice(text.indexOf('\n') + 1)
      }
    } else yield yamlOf({ [key]: field })
  }
  if (isEmpty) yield '{}\n'
}

function entriesOf(value: object): readonly (readonly [string, unknown])[] {
  return Object.entries(value).filter(([, field]) => field !== undefined)
}

function jsonAt(indent: string, value: unknown): string {
  // Within a text a line break is escaped, so that these are all the layout's.
  return plain((JSON.stringify(value, undefined, 2) ?? 'null').replaceAll('\n', `\n${indent}`))
}

function plain(json: string): string {
  return json.replace(/[\x7f-\uffff]/g, unit => `\\u${hex(unit.charCodeAt(0), 4)}`)
}

function yamlOf(value: object): string {
  // 1.1 quotes "yes" and "on" too, which Go's reader would take for booleans.
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false })
  visit(document, {
    Scalar: (_, node) => {
      // In double quotes alone YAML knows escapes.
      if (typeof node.value === 'string' && /[^\x20-\x7e]/.test(node.value)) node.type = 'QUOTE_DOUBLE'
    },
  })
  return document.toString({ lineWidth: 0, directives: false }).replace(/[\x7f-\u{10ffff}]/gu, character => {
    const point = character.codePointAt(0) ?? 0
    return point > 0xffff ? `\\U${hex(point, 8)}` : `\\u${hex(point, 4)}`
  })
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0')
}
