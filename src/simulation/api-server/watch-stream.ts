import type { ServerResponse } from 'node:http'

/** What can go wrong with a watch while it runs. */
export type WatchDamage =
  /** Not a byte more; the connection stays. */
  | 'stall'
  /** The connection breaks. */
  | 'reset'
  /** The server ends the answer in good order, as it does when the time is up. */
  | 'end'
  /** A line that is no JSON. */
  | 'garbageLine'
  /** The connection breaks in the middle of a line; in the middle of a UTF-8 character of it. */
  | 'halfLine'
  | 'halfCharacter'
  /** From now on a line with a character of several bytes arrives in two pieces, split within that character. */
  | 'splitCharacters'

/** The lines of a watch on their way to the client. */
export interface WatchStream {
  send(line: string): void
  /** Sends lines that are made one by one, as fast as the client takes them. */
  sendEach(lines: Iterable<string>): void
  /** Ends the answer after what has been sent. */
  end(): void
  damage(how: WatchDamage): void
}

/** Events that may wait for a client to take them. */
const MOST_WAITING = 10_000
const HALF_LINE = '{"type":"MODIFIED","object":{"metadata":{"annotations":{"note":"caf'
const FIRST_BYTE_OF_E_ACUTE = Buffer.from([0xc3])
/** From here on a byte of UTF-8 belongs to a character of several bytes. */
const MULTI_BYTE = 0x80

export function createWatchStream(response: ServerResponse): WatchStream {
  const waiting: Iterator<string>[] = []
  let state: 'open' | 'ending' | 'silent' = 'open'
  let splitting = false
  let betweenPieces = false

  function canSend(): boolean {
    return state !== 'silent' && !betweenPieces && !response.writableNeedDrain
  }

  function pump(): void {
    while (canSend()) {
      const next = waiting[0]?.next()
      if (next === undefined) break
      if (next.done === true) waiting.shift()
      else write(Buffer.from(next.value))
    }
    if (state === 'ending' && !betweenPieces && waiting.length === 0) response.end()
  }

  function write(line: Buffer): void {
    const multiByte = splitting ? line.findIndex(byte => byte >= MULTI_BYTE) : -1
    if (multiByte === -1) {
      response.write(line)
      return
    }
    response.write(line.subarray(0, multiByte + 1))
    betweenPieces = true
    // A turn of the event loop later it leaves as a packet of its own.
    setImmediate(() => {
      betweenPieces = false
      response.write(line.subarray(multiByte + 1))
      pump()
    })
  }

  response.on('drain', pump)

  function sendEach(lines: Iterable<string>): void {
    // The answer is complete, or never will be; what happens afterwards is for the next watch.
    if (state !== 'open') return
    waiting.push(lines[Symbol.iterator]())
    pump()
    // As the watch cache does with a client that does not keep up: it has to start anew.
    if (waiting.length > MOST_WAITING) response.destroy()
  }

  function breakAfter(bytes: Buffer | string): void {
    if (state === 'ending') return
    state = 'silent'
    response.write(bytes, () => response.destroy())
  }

  return {
    send: line => sendEach([line]),
    sendEach,
    end() {
      if (state === 'open') state = 'ending'
      pump()
    },
    damage(how) {
      switch (how) {
        case 'stall':
          state = 'silent'
          break
        case 'reset':
          response.socket?.resetAndDestroy()
          break
        case 'end':
          state = 'ending'
          pump()
          break
        case 'garbageLine':
          sendEach(['{"type":\n'])
          break
        case 'halfLine':
          breakAfter(HALF_LINE)
          break
        case 'halfCharacter':
          breakAfter(Buffer.concat([Buffer.from(HALF_LINE), FIRST_BYTE_OF_E_ACUTE]))
          break
        case 'splitCharacters':
          splitting = true
          break
      }
    },
  }
}
