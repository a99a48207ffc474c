import { describe, expect, it } from 'vitest'
import { lowerBound, reachableBound, type DomainRoom } from './bounds.ts'
import { excessOf } from './excess.ts'
import { tallyOf } from './tally.ts'

describe('lower bound on counts alone', () => {
  it.each([
    [[6, 6, 0], 1, 4],
    [[0, 0, 4], 1, 2],
    [[5, 0, 0], 2, 2],
    [[0, 4, 4], 2, 2],
    [[0, 5, 5], 3, 2],
    [[0, 1, 5, 5, 5], 2, 3],
    [[8, 7, 0], 1, 5],
    [[0, 1, 100], 1, 66],
    [[5, 4, 4], 1, 0],
    [[7], 1, 0],
    [[], 1, 0],
  ])('%j, maxSkew %i -> %i evictions', (counts, maxSkew, expected) => {
    expect(lowerBound(tallyOf(counts, counts.length), maxSkew)).toBe(expected)
  })
})

describe('reachable bound', () => {
  const domain = (count: number, movable = count, room = 99): DomainRoom => ({ domains: 1, count, movable, room })

  it.each<[string, DomainRoom[], number, number, number | undefined]>([
    ['[6,6,0] with room for 4 in c', [domain(6), domain(6), domain(0, 0, 4)], 1, 1, 4],
    ['[6,6,0] with room for 3 in c cannot be met', [domain(6), domain(6), domain(0, 0, 3)], 1, 1, undefined],
    ['[6,6,0] with b pinned', [domain(6), domain(6, 0), domain(0)], 1, 1, undefined],
    ['[6,6,0] with b pinned, maxSkew 3', [domain(6), domain(6, 0), domain(0)], 3, 1, 3],
    ['[3,3], maxSkew 2, minDomains 3', [domain(3), domain(3)], 2, 3, undefined],
    ['[3,1], maxSkew 2, minDomains 3', [domain(3), domain(1)], 2, 3, 1],
  ])('%s', (_name, domains, maxSkew, minDomains, expected) => {
    expect(reachableBound(domains, { maxSkew, minDomains })).toBe(expected)
  })

  it.each<[string, DomainRoom[], number, number | undefined]>([
    ['[2,2,0], all pinned, with one outside', [domain(2, 0), domain(2, 0), domain(0)], 1, 1],
    ['[3,3,0], all pinned, with one outside', [domain(3, 0), domain(3, 0), domain(0)], 1, undefined],
    ['[3,3,0], all pinned, with two outside', [domain(3, 0), domain(3, 0), domain(0)], 2, 2],
    ['[3,3,0] with many outside: those within serve as well', [domain(3), domain(3), domain(0)], 9, 2],
    ['[4,1] with many outside: no more than it takes', [domain(4, 0), domain(1)], 9, 2],
  ])('%s', (_name, domains, outsiders, expected) => {
    expect(reachableBound(domains, { maxSkew: 1, minDomains: 1 }, outsiders)).toBe(expected)
  })
})

/** Fewest moves by breadth-first search over count vectors: shares nothing with the closed form. */
function bruteForce(start: readonly DomainRoom[], maxSkew: number, minDomains: number): number | undefined {
  const seen = new Set<string>()
  let frontier: number[][] = [start.map(domain => domain.count)]
  for (let moves = 0; frontier.length > 0; moves++) {
    const next: number[][] = []
    for (const counts of frontier) {
      if (excessOf(counts, { maxSkew, minDomains }) === 0) return moves
      for (let from = 0; from < counts.length; from++) {
        for (let to = 0; to < counts.length; to++) {
          if (from === to) continue
          const moved = counts.map((count, i) => count + (i === to ? 1 : 0) - (i === from ? 1 : 0))
          const outOf = start[from]!
          const into = start[to]!
          if (moved[from]! < outOf.count - outOf.movable || moved[to]! > into.count + into.room) continue
          const key = moved.join()
          if (!seen.has(key)) {
            seen.add(key)
            next.push(moved)
          }
        }
      }
    }
    frontier = next
  }
  return undefined
}

describe('closed form against brute force', () => {
  it('agrees on every case of up to 3 domains, counts up to 4, pins, room and minDomains', () => {
    const choices: DomainRoom[] = []
    for (let count = 0; count <= 4; count++) {
      for (const movable of new Set([0, Math.floor(count / 2), count])) {
        for (const room of [0, 1, 9]) choices.push({ domains: 1, count, movable, room })
      }
    }
    let cases = 0
    const wrong: unknown[] = []
    const check = (domains: readonly DomainRoom[]): void => {
      for (const maxSkew of [1, 2]) {
        for (const minDomains of [1, 3]) {
          const expected = bruteForce(domains, maxSkew, minDomains)
          const actual = reachableBound(domains, { maxSkew, minDomains })
          if (actual !== expected) wrong.push({ domains, maxSkew, minDomains, actual, expected })
          cases++
        }
      }
    }
    for (const [i, a] of choices.entries()) {
      for (const [j, b] of choices.entries()) {
        if (j < i) continue
        check([a, b])
        for (const [l, c] of choices.entries()) if (l >= j && (i + j + l) % 4 === 0) check([a, b, c])
      }
    }
    expect(wrong).toEqual([])
    expect(cases).toBeGreaterThan(10_000)
  })

  it('agrees on counts alone for 4 and 5 domains, counts up to 8', () => {
    const vectors = (length: number, highest: number): number[][] =>
      length === 0
        ? [[]]
        : vectors(length - 1, highest).flatMap(rest => Array.from({ length: (rest[0] ?? highest) + 1 }, (_, count) => [count, ...rest]))
    const wrong: unknown[] = []
    // Sorted vectors stand for all their permutations; a plain strategy that is known to be optimal stands in for the search.
    for (const counts of [...vectors(4, 8), ...vectors(5, 6)]) {
      for (const maxSkew of [1, 2, 3]) {
        const work = [...counts].sort((x, y) => x - y)
        let moves = 0
        while (work.at(-1)! - work[0]! > maxSkew) {
          work[work.length - 1]!--
          work[0]!++
          work.sort((x, y) => x - y)
          moves++
        }
        const bound = lowerBound(tallyOf(counts, counts.length), maxSkew)
        if (bound !== moves) wrong.push({ counts, maxSkew, bound, moves })
      }
    }
    expect(wrong).toEqual([])
  })
})
