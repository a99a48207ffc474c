/** A line of a stream, or the size of one that was too long to keep. */
export type StreamLine = { readonly text: string } | { readonly tooLongBytes: number }

export interface LineSplitter {
  /** The lines that this chunk completes, in order. */
  push(chunk: Uint8Array): readonly StreamLine[]
  /** Bytes of a line that has begun but not ended: more than 0 at the end of a stream means that it was cut. */
  pendingBytes(): number
}

const NEWLINE = 0x0a

/**
 * Splits a byte stream into lines. It looks for the newline byte, which no other UTF-8 sequence contains, and decodes only whole lines, so
 * that a chunk may end in the middle of a character. A line over the limit is let go as it arrives and reported by its size: one broken
 * object must cost neither the stream nor the memory.
 */
export function createLineSplitter(maxLineBytes: number): LineSplitter {
  let parts: Uint8Array[] = []
  let pending = 0

  const keep = (part: Uint8Array): void => {
    pending += part.length
    if (pending <= maxLineBytes) parts.push(part)
    else parts = []
  }

  const complete = (): StreamLine => {
    const line = pending > maxLineBytes ? { tooLongBytes: pending } : { text: textOf(parts) }
    parts = []
    pending = 0
    return line
  }

  return {
    push(chunk) {
      const lines: StreamLine[] = []
      let from = 0
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
        keep(chunk.subarray(from, end))
        lines.push(complete())
        from = end + 1
      }
      if (from < chunk.length) keep(chunk.subarray(from))
      return lines
    },
    pendingBytes: () => pending,
  }
}

/** Most lines come in one piece, which need not be copied. */
function textOf(parts: readonly Uint8Array[]): string {
  const [only] = parts
  const whole = parts.length === 1 && only !== undefined ? Buffer.from(only.buffer, only.byteOffset, only.byteLength) : Buffer.concat(parts)
  return whole.toString('utf8')
}
