import type { IncomingMessage } from 'node:http'
import { StatusError } from './status.ts'

/** As the real one (DefaultMaxRequestSizeBytes). */
const LARGEST_BODY = 3 * 1024 * 1024

/** @throws StatusError 413 for a body that is too large */
export async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length
    if (length > LARGEST_BODY) {
      throw new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${LARGEST_BODY}`)
    }
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}
