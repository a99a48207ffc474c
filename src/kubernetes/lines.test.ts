import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLineSplitter } from './lines.ts'

describe('createLineSplitter', () => {
  it('gives back every line, wherever the stream is cut', () => {
    const line = fc.string({ unit: 'binary' }).map(text => text.replaceAll('\n', ' '))
    fc.assert(
      fc.property(fc.array(line), line, fc.array(fc.nat({ max: 40 })), (lines, rest, cuts) => {
        const bytes = Buffer.from(lines.map(text => `${text}\n`).join('') + rest)
        const splitter = createLineSplitter(1_000_000)
        const seen: unknown[] = []
        let from = 0
        for (const size of [...cuts, bytes.length]) {
          seen.push(...splitter.push(bytes.subarray(from, from + size)))
          from += size
        }

        expect(seen).toEqual(lines.map(text => ({ text: Buffer.from(text).toString() })))
        expect(splitter.pendingBytes()).toBe(Buffer.byteLength(rest))
      }),
    )
  })

  it('lets a line over the limit go, says how long it was, and goes on with the next', () => {
    const splitter = createLineSplitter(4)

    expect(splitter.push(Buffer.from('1234\n123'))).toEqual([{ text: '1234' }])
    expect(splitter.push(Buffer.from('45'))).toEqual([])
    expect(splitter.push(Buffer.from('6\nab\n'))).toEqual([{ tooLongBytes: 6 }, { text: 'ab' }])
    expect(splitter.pendingBytes()).toBe(0)
  })
})
