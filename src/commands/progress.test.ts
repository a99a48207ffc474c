import { describe, expect, it } from 'vitest'
import { createProgress } from './progress.ts'

function terminal(isTTY: boolean) {
  const written: string[] = []
  const clock = { now: 0 }
  const progress = createProgress({ isTTY, write: (text: string) => written.push(text) }, () => clock.now)
  const readAt = (now: number, bytes: number): void => {
    clock.now = now
    progress.read(bytes)
  }
  return { progress, written, readAt }
}

describe('progress', () => {
  it('is shown on a terminal now and then, once reading takes a while, and taken away at the end', () => {
    const { progress, written, readAt } = terminal(true)

    readAt(999, 1_000_000)
    readAt(1_000, 2_000_000)
    readAt(1_199, 3_000_000)
    readAt(1_200, 4_900_000)
    progress.close()

    expect(written).toEqual(['\rreading: 2 MB\u001B[K', '\rreading: 4 MB\u001B[K', '\r\u001B[K'])
  })

  it.each([
    ['where nobody watches', false, 5_000],
    ['for what is read in a moment', true, 10],
  ])('writes nothing %s', (_, isTTY, at) => {
    const { progress, written, readAt } = terminal(isTTY)

    readAt(at, 1_000_000)
    progress.close()

    expect(written).toEqual([])
  })
})
