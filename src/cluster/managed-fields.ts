import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json-characters.ts'

/** As the API server writes it: without white space. */
const KEY = '"managedFields":['

/**
 * The JSON of an object without what the API server keeps about who wrote which field, as far as it can be told without parsing it: nobody here
 * reads that, and it is a third of the text and more of the objects that a parser makes of it.
 */
export function withoutManagedFields(text: string): string {
  const at = text.indexOf(KEY)
  // Escaped, the first quote would be part of another key.
  if (at === -1 || text.charCodeAt(at - 1) === BACKSLASH) return text
  const opens = at + KEY.length
  const closes = closingBracket(text, opens)
  return closes === undefined ? text : text.slice(0, opens) + text.slice(closes)
}

/** Where the bracket is that closes the one before the position; undefined in what is not JSON. */
function closingBracket(text: string, from: number): number | undefined {
  let depth = 0
  let inString = false
  for (let at = from; at < text.length; at += 1) {
    const char = text.charCodeAt(at)
    if (inString) {
      if (char === BACKSLASH) at += 1
      else if (char === QUOTE) inString = false
    } else if (char === QUOTE) {
      inString = true
    } else if (char === OPEN_BRACKET || char === OPEN_BRACE) {
      depth += 1
    } else if (char === CLOSE_BRACKET || char === CLOSE_BRACE) {
      if (depth === 0) return at
      depth -= 1
    }
  }
  return undefined
}
