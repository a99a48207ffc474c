import { createReadStream } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { codeOf, fileTrouble } from './error-message.ts'

const CHUNK_BYTES = 1 << 20
const GZIP = Buffer.from([0x1f, 0x8b])
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])
const UTF16_MARKS: readonly (readonly [encoding: string, mark: Buffer])[] = [
  ['utf-16le', Buffer.from([0xff, 0xfe])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
]

/**
 * The bytes of a file, or of standard input (`-`), unpacked when they are gzip, as UTF-8 and without a byte order mark. What Windows PowerShell
 * writes with `>` is UTF-16. Throws a SyntaxError, in words that follow the name of the file, when it is not there, not whole or cannot be read.
 */
export async function* snapshotBytes(source: string): AsyncGenerator<Buffer> {
  try {
    const raw = source === '-' ? process.stdin : createReadStream(source, { highWaterMark: CHUNK_BYTES })
    const { head, all } = await peek(raw)
    if (startsWith(head, GZIP)) {
      const gunzip = createGunzip({ chunkSize: CHUNK_BYTES })
      // Errors come out of the iteration below.
      pipeline(Readable.from(all), gunzip, () => {})
      yield* asUtf8(await peek(gunzip))
    } else {
      yield* asUtf8({ head, all })
    }
  } catch (error) {
    throw inWords(error)
  }
}

/** The first few bytes, and all of them. */
interface Peeked {
  readonly head: Buffer
  readonly all: AsyncGenerator<Buffer>
}

async function peek(stream: AsyncIterable<unknown>): Promise<Peeked> {
  const chunks = stream[Symbol.asyncIterator]()
  let head: Buffer = Buffer.alloc(0)
  while (head.length < BYTE_ORDER_MARK.length) {
    const next = await chunks.next()
    if (next.done === true) break
    head = Buffer.concat([head, toBuffer(next.value)])
  }
  async function* all(): AsyncGenerator<Buffer> {
    try {
      yield head
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield toBuffer(next.value)
    } finally {
      await chunks.return?.()
    }
  }
  return { head, all: all() }
}

async function* asUtf8({ head, all }: Peeked): AsyncGenerator<Buffer> {
  const [encoding] = UTF16_MARKS.find(([, mark]) => startsWith(head, mark)) ?? []
  if (encoding !== undefined) {
    const decoder = new TextDecoder(encoding)
    for await (const chunk of all) yield Buffer.from(decoder.decode(chunk, { stream: true }))
    yield Buffer.from(decoder.decode())
    return
  }
  if (startsWith(head, BYTE_ORDER_MARK)) {
    await all.next()
    yield head.subarray(BYTE_ORDER_MARK.length)
  }
  yield* all
}

function startsWith(head: Buffer, mark: Buffer): boolean {
  return head.subarray(0, mark.length).equals(mark)
}

function toBuffer(chunk: unknown): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
}

function inWords(error: unknown): unknown {
  const code = codeOf(error)
  return code === undefined ? error : new SyntaxError(GZIP_TROUBLES.get(code) ?? fileTrouble(error), { cause: error })
}

const GZIP_TROUBLES: ReadonlyMap<string, string> = new Map([
  ['Z_BUF_ERROR', 'is cut short: the gzip stream has no end; write it again'],
  ['Z_DATA_ERROR', 'is damaged: it begins as gzip but cannot be unpacked; write it again'],
])
