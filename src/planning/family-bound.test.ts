import { expect, it } from 'vitest'
import { familyBound, overlapsAmong } from './family-bound.ts'

/** Bounds by group; each list of groups counts some pod together. */
const boundOf = (bounds: Readonly<Record<string, number>>, ...together: readonly (readonly string[])[]): number =>
  familyBound(Object.keys(bounds), group => bounds[group] ?? 0, overlapsAmong(together))

it.each<[string, number, number]>([
  ['one group', 3, boundOf({ web: 3 }, ['web'])],
  ['nobody', 0, boundOf({})],
  ['groups of the same pods by the most demanding', 3, boundOf({ zone: 2, host: 3 }, ['zone', 'host'])],
  ['groups of different pods by both', 5, boundOf({ web: 3, api: 2 }, ['web'], ['api'])],
  ['two and what ties them, which needs more', 7, boundOf({ web: 3, api: 2, team: 7 }, ['web', 'team'], ['api', 'team'])],
  ['two and what ties them, which needs more than each', 5, boundOf({ web: 3, api: 2, team: 4 }, ['web', 'team'], ['api', 'team'])],
  ['a chain by its ends', 6, boundOf({ a: 3, b: 4, c: 3 }, ['a', 'b'], ['b', 'c'])],
  ['what needs nothing keeps nobody out', 5, boundOf({ web: 3, api: 2, team: 0 }, ['web', 'team'], ['api', 'team'])],
])('%s is bounded by %i', (_case, expected, bound) => {
  expect(bound).toBe(expected)
})
