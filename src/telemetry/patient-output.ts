import { writeSync } from 'node:fs'
import type { DestinationStream } from 'pino'
import { codeOf } from '../cluster/error-message.ts'

/** What may wait for a reader that does not keep up, in characters: some fifty thousand lines. What comes on top is lost. */
const MOST_WAITING = 16 * 1024 * 1024

/** So many characters go into one write, a little more than a pipe holds. */
const CHUNK = 64 * 1024

/** How long until a reader that took no more is tried again. */
const AGAIN_AFTER_MS = 20

/**
 * Writes as much as the reader takes and keeps the rest in memory: written at any price, thousands of lines that come together, or a collector that
 * is busy elsewhere, would hold up everything, the renewal of the lease included. What waits when the process ends, be it by a mistake, is written
 * then. pino's own output hands each chunk to a thread, and does not know what has become of the latest when the process ends.
 *
 * @param stream a pipe, which Node has set not to block, or a file or terminal, which take everything at once
 */
export function createPatientOutput({ fd }: { readonly fd: number }): DestinationStream {
  const lines: string[] = []
  let waiting = 0
  let chunk = Buffer.alloc(0)
  let isScheduled = false

  /** Whether all that waited is written. */
  function writeWhatIsTaken(): boolean {
    for (;;) {
      if (chunk.length === 0) chunk = nextChunk()
      if (chunk.length === 0) return true
      try {
        chunk = chunk.subarray(writeSync(fd, chunk))
      } catch (error) {
        if (isBusy(error)) return false
        // Nobody reads any more, or the disk is full: there is nobody to be told.
        chunk = Buffer.alloc(0)
      }
    }
  }

  function nextChunk(): Buffer<ArrayBuffer> {
    let size = 0
    let count = 0
    for (; count < lines.length && size < CHUNK; count += 1) size += lines[count]?.length ?? 0
    waiting -= size
    return Buffer.from(lines.splice(0, count).join(''))
  }

  function writeOn(): void {
    isScheduled = !writeWhatIsTaken()
    if (isScheduled) setTimeout(writeOn, AGAIN_AFTER_MS)
  }

  process.on('exit', () => {
    while (!writeWhatIsTaken()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, AGAIN_AFTER_MS)
  })
  return {
    write(line) {
      if (waiting + line.length > MOST_WAITING) return
      lines.push(line)
      waiting += line.length
      if (isScheduled) return
      isScheduled = true
      setImmediate(writeOn)
    },
  }
}

function isBusy(error: unknown): boolean {
  return ['EAGAIN', 'EINTR'].includes(codeOf(error) ?? '')
}
