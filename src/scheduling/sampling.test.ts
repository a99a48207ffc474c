import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { feasibleNodesToFind, sureTotal } from './sampling.ts'
import type { ZoneGroups } from './zone-groups.ts'

describe('how many feasible nodes the scheduler looks for', () => {
  it.each([
    ['all of a small cluster', 99, 0, 99],
    ['V76 at least 100', 200, 0, 100],
    ['42 % of 1000', 1000, 0, 420],
    ['10 % of 5000', 5000, 0, 500],
    ['at least 5 %', 10_000, 0, 500],
    ['the percentage that is set', 1000, 70, 700],
    ['all of them at 100 %', 1000, 100, 1000],
  ])('%s', (_what, nodes, percentage, expected) => {
    expect(feasibleNodesToFind(nodes, percentage)).toBe(expected)
  })
})

interface Cluster {
  readonly zones: ZoneGroups
  readonly feasible: Int32Array
  readonly totals: Int32Array
}

/** Zones as lists of totals, one a node; undefined where a node is not feasible. */
function clusterOf(zones: readonly (readonly (number | undefined)[])[]): Cluster {
  const nodes = zones.flatMap((totals, group) => totals.map(total => ({ group, total })))
  const feasible = nodes.flatMap(({ total }, slot) => (total === undefined ? [] : [{ slot, total }]))
  return {
    zones: { groupOf: Int32Array.from(nodes, ({ group }) => group), sizes: zones.map(({ length }) => length) },
    feasible: Int32Array.from(feasible, ({ slot }) => slot),
    totals: Int32Array.from(feasible, ({ total }) => total),
  }
}

function sure({ feasible, totals, zones }: Cluster, toFind: number): number {
  const groups = Array.from(feasible, slot => zones.groupOf[slot] ?? 0)
  const totalsByGroup = {
    lowest: Math.min(...totals),
    highest: Math.max(...totals),
    feasible: zones.sizes.map((_size, group) => groups.filter(each => each === group).length),
    addHits(total: number, hits: number[]) {
      const found = groups.filter((_group, i) => totals[i] === total)
      for (const group of found) hits[group] = (hits[group] ?? 0) + 1
      return found.length
    },
  }
  return sureTotal(totalsByGroup, zones.sizes, toFind)
}

const nodes = (count: number, total: number | undefined): readonly (number | undefined)[] => Array.from({ length: count }, () => total)

describe('the total that every sample is sure to contain', () => {
  it('is the highest when a whole zone has it: no run of nodes that long can avoid the zone', () => {
    expect(sure(clusterOf([nodes(67, 10), nodes(67, 10), nodes(66, 90)]), 100)).toBe(90)
  })

  it('is lower when the zone is so small that the list ends without it', () => {
    expect(sure(clusterOf([nodes(85, 10), nodes(85, 10), nodes(30, 90)]), 100)).toBe(10)
  })

  it('is lower when most of the zone is full', () => {
    expect(sure(clusterOf([nodes(67, 10), nodes(67, 10), [...nodes(6, 90), ...nodes(60, undefined)]]), 100)).toBe(10)
  })

  it('is the highest when all the others together are fewer than the sample', () => {
    expect(sure(clusterOf([[...nodes(150, undefined), ...nodes(49, 10)], nodes(1, 90), nodes(50, 10)]), 100)).toBe(90)
  })

  it('is the highest when its zone is as large as any, and lower when larger ones leave enough room to miss it', () => {
    expect(sure(clusterOf([nodes(70, 90), nodes(70, 80), nodes(60, 10)]), 100)).toBe(90)
    expect(sure(clusterOf([nodes(40, 90), nodes(40, 80), nodes(60, 10), nodes(60, 10)]), 100)).toBe(10)
  })

  it('never is more than what the scheduler finds, whatever it starts with and however its workers race', () => {
    const zone = fc
      .array(fc.record({ total: fc.constantFrom(10, 50, 90, undefined), nodes: fc.integer({ min: 0, max: 60 }) }), {
        minLength: 1,
        maxLength: 3,
      })
      .map(parts => parts.flatMap(part => nodes(part.nodes, part.total)))
    const world = fc.record({
      zones: fc.array(zone, { minLength: 1, maxLength: 4 }),
      start: fc.nat(),
      /** Which worker gets on with its chunk next. */
      turns: fc.array(fc.nat(15), { minLength: 50, maxLength: 200 }),
    })
    fc.assert(
      fc.property(world, ({ zones, start, turns }) => {
        const cluster = clusterOf(zones)
        const toFind = 100
        if (cluster.feasible.length <= toFind) return
        const found = sampleOf(zones, toFind, start, turns)
        expect(Math.max(...found)).toBeGreaterThanOrEqual(sure(cluster, toFind))
      }),
      { numRuns: 300 },
    )
  })
})

/** The totals of the nodes that 16 workers find first, each working through chunks of the list in the order of the turns. */
function sampleOf(
  zones: readonly (readonly (number | undefined)[])[],
  toFind: number,
  start: number,
  turns: readonly number[],
): readonly number[] {
  const rows = Math.max(...zones.map(zone => zone.length))
  const list = Array.from({ length: rows }, (_, row) => zones.filter(zone => row < zone.length).map(zone => zone[row])).flat()
  const count = list.length
  const chunk = Math.max(1, Math.min(Math.trunc(Math.sqrt(count)), Math.trunc(count / 16) + 1))
  let nextChunk = 0
  const workers = Array.from({ length: 16 }, () => ({ at: 0, end: 0 }))
  const found: number[] = []
  for (let turn = 0; found.length < toFind; turn += 1) {
    const worker = workers[turns[turn % turns.length] ?? 0]
    // Every worker gets its turn in the end.
    const acting = turn % 17 === 0 ? workers[turn % 16] : worker
    if (acting === undefined) continue
    if (acting.at === acting.end) {
      if (nextChunk >= count) continue
      acting.at = nextChunk
      acting.end = Math.min(count, nextChunk + chunk)
      nextChunk = acting.end
    }
    const total = list[(start + acting.at) % count]
    acting.at += 1
    if (total !== undefined) found.push(total)
  }
  return found
}
