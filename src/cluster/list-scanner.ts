import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json-characters.ts'
import { jsonComplaint } from './json-complaint.ts'

/** One item cut out of a list. */
export interface ListItem {
  readonly text: string
  /** From 0. */
  readonly index: number
  /** The line of the file that it begins on, from 1. */
  readonly line: number
}

/** Takes a JSON document piece by piece. Throws a SyntaxError, in words that follow the name of the file, where it is not a list. */
export interface ListScanner {
  push(chunk: Buffer): void
  /** To be called after the last piece. Returns the document without the items. */
  end(): Readonly<Record<string, unknown>>
  /** The `kind` that came before the items, if any did. */
  kindSoFar(): string | undefined
}

const LEGAL = 'legal is the output of `kubectl get ... -o json`'

const NEWLINE = 0x0a

/** By byte: whether it can change what follows, outside a string. */
const MEANS_SOMETHING = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number([NEWLINE, QUOTE, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE].includes(byte)),
)

/** What surrounds the items is a few hundred bytes; a document that goes on without items is no list. */
const LONGEST_ENVELOPE = 1 << 20

/** A piece of the envelope long enough to hold the key before a bracket, with the white space around it. */
const LONGEST_KEY = 200
const ITEMS_KEY = /[{,]\s*"items"\s*:\s*\[$/

/**
 * Cuts the items out of `{ "kind": "List", "items": [ ... ] }` one at a time, so that a document larger than the longest string can be read.
 * It only tells strings from structure and counts brackets: whether an item is JSON shows when the item is parsed. Without `itemsRequired` a
 * document that has no items, or null for them, is an empty list.
 */
export function createListScanner(onItem: (item: ListItem) => void, { itemsRequired = true } = {}): ListScanner {
  let place: 'before' | 'envelope' | 'between' | 'item' | 'after' = 'before'
  let depth = 0
  let inString = false
  let escaped = false
  let line = 1
  let offset = 0
  // One character a byte, so that it can be cut anywhere; decoded at the end.
  let envelope = ''
  let seenItems = false
  let count = 0
  let needComma = false
  let itemLine = 0
  let itemParts: Buffer[] = []

  const where = (index: number): string => `line ${line} (byte ${offset + index})`

  function before(chunk: Buffer, from: number): number {
    for (let index = from; index < chunk.length; index += 1) {
      const byte = chunk[index] ?? 0
      if (byte === OPEN_BRACE) {
        place = 'envelope'
        return index
      }
      if (!isSpace(byte)) throw new SyntaxError(`is no JSON object: it begins with \`${printable(byte)}\` at ${where(index)}; ${LEGAL}`)
      if (byte === NEWLINE) line += 1
    }
    return chunk.length
  }

  function inEnvelope(chunk: Buffer, from: number): number {
    for (let index = from; index < chunk.length; index += 1) {
      const byte = chunk[index] ?? 0
      if (byte === NEWLINE) line += 1
      envelope += String.fromCharCode(byte)
      if (envelope.length > LONGEST_ENVELOPE) throw new SyntaxError(`is not a List: no \`items\` up to ${where(index)}; ${LEGAL}`)
      if (inString) {
        if (escaped) escaped = false
        else if (byte === BACKSLASH) escaped = true
        else if (byte === QUOTE) inString = false
      } else if (byte === QUOTE) {
        inString = true
      } else if (byte === OPEN_BRACKET && depth === 1 && ITEMS_KEY.test(envelope.slice(-LONGEST_KEY))) {
        if (seenItems) throw new SyntaxError(`has a second \`items\` at ${where(index)}; ${LEGAL}`)
        seenItems = true
        place = 'between'
        return index + 1
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth += 1
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth -= 1
        if (depth === 0) {
          place = 'after'
          return index + 1
        }
      }
    }
    return chunk.length
  }

  function between(chunk: Buffer, from: number): number {
    for (let index = from; index < chunk.length; index += 1) {
      const byte = chunk[index] ?? 0
      if (byte === OPEN_BRACE && !needComma) {
        place = 'item'
        itemLine = line
        return index
      }
      if (byte === CLOSE_BRACKET && (needComma || count === 0)) {
        place = 'envelope'
        envelope += ']'
        return index + 1
      }
      if (byte === COMMA && needComma) needComma = false
      else if (byte === NEWLINE) line += 1
      else if (!isSpace(byte)) {
        const expected = needComma ? 'a comma or the end of the list' : 'an object'
        throw new SyntaxError(`is not a List: \`${printable(byte)}\` instead of ${expected} at ${where(index)}; ${LEGAL}`)
      }
    }
    return chunk.length
  }

  // Nearly every byte of a list passes here: two tight loops over what means nothing, on local copies.
  function inItem(chunk: Buffer, from: number): number {
    const { length } = chunk
    let nesting = depth
    let quoted = inString
    let lines = line
    let index = escaped ? from + 1 : from
    let done = false
    while (index < length && !done) {
      if (quoted) {
        while (index < length && chunk[index] !== QUOTE && chunk[index] !== BACKSLASH) index += 1
        if (index === length) break
        if (chunk[index] === QUOTE) quoted = false
        // A backslash takes the next byte along, be it in the next piece.
        else index += 1
        index += 1
      } else {
        while (index < length && !MEANS_SOMETHING[chunk[index] ?? 0]) index += 1
        if (index === length) break
        const byte = chunk[index]
        index += 1
        if (byte === QUOTE) quoted = true
        else if (byte === NEWLINE) lines += 1
        else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) nesting += 1
        else {
          nesting -= 1
          done = nesting === 1
        }
      }
    }
    depth = nesting
    inString = quoted
    escaped = index > length
    line = lines
    if (done) finishItem(chunk, from, index)
    // The stream may reuse its buffer for the next piece.
    else itemParts.push(Buffer.from(chunk.subarray(from)))
    return Math.min(index, length)
  }

  function finishItem(chunk: Buffer, from: number, end: number): void {
    const text =
      itemParts.length === 0 ? chunk.toString('utf8', from, end) : Buffer.concat([...itemParts, chunk.subarray(from, end)]).toString('utf8')
    itemParts = []
    place = 'between'
    needComma = true
    count += 1
    onItem({ text, index: count - 1, line: itemLine })
  }

  function after(chunk: Buffer, from: number): number {
    for (let index = from; index < chunk.length; index += 1) {
      const byte = chunk[index] ?? 0
      if (!isSpace(byte)) throw new SyntaxError(`goes on after the end of the List at ${where(index)}; legal is one List`)
      if (byte === NEWLINE) line += 1
    }
    return chunk.length
  }

  const steps = { before, envelope: inEnvelope, between, item: inItem, after }

  return {
    push: chunk => {
      let index = 0
      while (index < chunk.length) index = steps[place](chunk, index)
      offset += chunk.length
    },
    end: () => {
      if (place === 'before') throw new SyntaxError(`is empty; ${LEGAL}`)
      if (place !== 'after') {
        const inside = place === 'item' ? `, inside items[${count}]` : ''
        throw new SyntaxError(`is cut short: it ends at ${where(0)}${inside}; write it again`)
      }
      const document = parseEnvelope(envelope)
      // An API server writes an empty list as null at times.
      if (!seenItems && itemsRequired && document['items'] !== null) {
        const why = document['items'] === undefined ? `is ${describe(document['kind'])}, not a List` : 'has `items` that are no list'
        throw new SyntaxError(`${why}; ${LEGAL}`)
      }
      return document
    },
    kindSoFar: () => /"kind"\s*:\s*"(\w+)"/.exec(envelope)?.[1],
  }
}

function parseEnvelope(envelope: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(Buffer.from(envelope, 'latin1').toString('utf8')) as Readonly<Record<string, unknown>>
  } catch (error) {
    throw new SyntaxError(`is not JSON outside its items: ${jsonComplaint(error)}; ${LEGAL}`, { cause: error })
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09
}

function printable(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `0x${byte.toString(16).padStart(2, '0')}`
}

function describe(kind: unknown): string {
  return typeof kind === 'string' ? `a ${kind}` : 'some JSON'
}
