import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Answer } from './api-request.ts'
import type { Fault } from './faults.ts'

/** Sends an answer as fast as the client takes it, or as far as the fault lets it. Resolves when there is nothing left to send. */
export async function sendAnswer(response: ServerResponse, { status, headers, body }: Answer, fault?: Fault): Promise<void> {
  if (fault?.kind === 'loseAnswer') {
    response.socket?.resetAndDestroy()
    return
  }
  if (fault?.kind === 'stall') return
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  if (fault?.kind === 'cutAnswer') {
    const whole = typeof body === 'string' ? body : Array.from(body).join('')
    response.write(whole.slice(0, whole.length / 2), () => response.destroy())
    return
  }
  if (typeof body === 'string') {
    response.end(body)
    return
  }
  // A client that goes away before the end is no failure of ours.
  await pipeline(Readable.from(body), response).catch(() => response.destroy())
}
