import type { Message, MessageField } from './pod-messages.ts'

type Raw = Readonly<Record<string, unknown>>

const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5

/** Writes an object in the wire format of Protocol Buffers, as far as the message names its fields. */
export function encode(object: unknown, message: Message): Buffer {
  const raw = object as Raw
  const parts: Buffer[] = []
  for (const [name, field] of message) {
    const value = field.inline ? raw : raw[name]
    if (value === undefined || value === null) continue
    for (const each of field.repeated ? (value as readonly unknown[]) : [value]) parts.push(encodeField(each, field))
  }
  return Buffer.concat(parts)
}

function encodeField(value: unknown, field: MessageField): Buffer {
  const { number, type } = field
  switch (type) {
    case 'int':
    case 'bool':
      return Buffer.concat([varint(number * 8 + VARINT), varint(Number(value))])
    case 'string':
      return bytes(number, Buffer.from(String(value)))
    case 'time':
      return bytes(number, Buffer.concat([varint(8 + VARINT), varint(Date.parse(String(value)) / 1000)]))
    case 'quantity':
      return bytes(number, bytes(1, Buffer.from(String(value))))
    case 'json':
      return bytes(number, bytes(1, Buffer.from(JSON.stringify(value))))
    case 'intOrString':
      return bytes(number, Buffer.concat([varint(8 + VARINT), varint(1), bytes(3, Buffer.from(String(value)))]))
    case 'labels':
    case 'quantities': {
      const entries = Object.entries(value as Readonly<Record<string, string>>)
      const content = (text: string): Buffer => (type === 'labels' ? Buffer.from(text) : bytes(1, Buffer.from(text)))
      return Buffer.concat(
        entries.map(([key, text]) => bytes(number, Buffer.concat([bytes(1, Buffer.from(key)), bytes(2, content(text))]))),
      )
    }
    default:
      return bytes(number, encode(value, type))
  }
}

function bytes(number: number, content: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + BYTES), varint(content.length), content])
}

function varint(value: number): Buffer {
  const out: number[] = []
  let rest = value
  do {
    const low = rest % 128
    rest = Math.floor(rest / 128)
    out.push(rest > 0 ? low + 128 : low)
  } while (rest > 0)
  return Buffer.from(out)
}

/** Reads what the message names, and steps over the rest, into an object as JSON.parse would give it. */
export function createDecoder(message: Message): (from: Buffer) => Raw {
  const plan = planOf(message)
  return from => {
    const reader = { from, at: 0 }
    return decode(reader, from.length, plan, {})
  }
}

/** A message by field numbers, which is what the wire tells. */
type Plan = readonly (PlannedField | undefined)[]

interface PlannedField extends MessageField {
  readonly name: string
  readonly plan: Plan
}

function planOf(message: Message): Plan {
  const plan: PlannedField[] = []
  for (const [name, field] of message) {
    plan[field.number] = { ...field, name, plan: typeof field.type === 'string' ? [] : planOf(field.type) }
  }
  return plan
}

interface Reader {
  readonly from: Buffer
  at: number
}

function decode(reader: Reader, end: number, plan: Plan, into: Record<string, unknown>): Raw {
  while (reader.at < end) {
    const tag = readVarint(reader)
    const field = plan[tag >>> 3]
    if (field === undefined) skip(reader, tag & 7)
    else if (field.type === 'int') into[field.name] = readVarint(reader)
    else if (field.type === 'bool') into[field.name] = readVarint(reader) === 1
    else readBytes(reader, field, into)
  }
  return into
}

function readBytes(reader: Reader, field: PlannedField, into: Record<string, unknown>): void {
  const length = readVarint(reader)
  const end = reader.at + length
  switch (field.type) {
    case 'string':
      into[field.name] = readText(reader, end)
      break
    case 'time':
      into[field.name] = readTime(reader, end)
      break
    case 'labels':
    case 'quantities': {
      const map = (into[field.name] ??= {}) as Record<string, string>
      readVarint(reader)
      const keyLength = readVarint(reader)
      const key = readText(reader, reader.at + keyLength)
      readVarint(reader)
      readVarint(reader)
      if (field.type === 'quantities') {
        readVarint(reader)
        readVarint(reader)
      }
      map[key] = readText(reader, end)
      break
    }
    case 'int':
    case 'bool':
    case 'quantity':
    case 'json':
    case 'intOrString':
      reader.at = end
      break
    default:
      if (field.inline) decode(reader, end, field.plan, into)
      else if (field.repeated) ((into[field.name] ??= []) as unknown[]).push(decode(reader, end, field.plan, {}))
      else into[field.name] = decode(reader, end, field.plan, {})
  }
}

function readTime(reader: Reader, end: number): string {
  readVarint(reader)
  const seconds = readVarint(reader)
  reader.at = end
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
}

/** Short plain texts, which most are, are read faster here than by a call into the engine. */
function readText(reader: Reader, end: number): string {
  const { from, at } = reader
  reader.at = end
  if (end - at > 24) return from.toString('utf8', at, end)
  let text = ''
  for (let index = at; index < end; index += 1) {
    const byte = from[index] ?? 0
    if (byte > 127) return from.toString('utf8', at, end)
    text += String.fromCharCode(byte)
  }
  return text
}

function readVarint(reader: Reader): number {
  const { from } = reader
  let byte = from[reader.at++] ?? 0
  if (byte < 128) return byte
  let value = byte & 127
  let scale = 128
  do {
    byte = from[reader.at++] ?? 0
    value += (byte & 127) * scale
    scale *= 128
  } while (byte >= 128)
  return value
}

function skip(reader: Reader, wireType: number): void {
  if (wireType === VARINT) readVarint(reader)
  else if (wireType === FIXED64) reader.at += 8
  else if (wireType === FIXED32) reader.at += 4
  else {
    const length = readVarint(reader)
    reader.at += length
  }
}
