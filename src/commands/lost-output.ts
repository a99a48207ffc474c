import { codeOf, messageOf } from '../cluster/error-message.ts'

/**
 * What becomes of a process that cannot write. When nobody reads on, as after `| head`, it goes on in silence, for its work may be more than what
 * it prints; where a result cannot be kept, as on a full disk, it says so and ends with 1.
 */
export function heedLostOutput(name: string): void {
  process.stdout.on('error', error => {
    if (codeOf(error) === 'EPIPE') return
    process.stderr.write(`${name}: cannot write the result: ${messageOf(error)}\n`)
    process.exit(1)
  })
  // Where complaints cannot be written there is nowhere to complain of it.
  process.stderr.on('error', () => undefined)
}
