import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
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
  for (const piece of body) {
    if (response.destroyed) return
    if (!response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')])
  }
  response.end()
}
