import { Document, visit } from 'yaml'

/** JSON as kubectl prints it, with every character beyond ASCII escaped: the same value, but harmless to a terminal. Ends with a newline. */
export function jsonText(value: object): string {
  return `${JSON.stringify(value, undefined, 2).replace(/[\x7f-\uffff]/g, unit => `\\u${hex(unit.charCodeAt(0), 4)}`)}\n`
}

/** The same value as {@link jsonText} in YAML. */
export function yamlText(value: object): string {
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
