import { expect } from 'vitest'
import type { Stage } from './scenario.ts'
import { readyByZone } from './world.ts'

/** Expects Ready pods of the workloads by zone, `{ web: [4, 4, 4] }`. */
export function expectReady({ world }: Stage, spread: Readonly<Record<string, readonly number[]>>): void {
  const found = Object.keys(spread).map(app => [app, Object.values(readyByZone(world, app))])
  expect(Object.fromEntries(found)).toEqual(spread)
}

/** How the shop stands when everything that may be moved is spread. */
export const EVEN = { web: [4, 4, 4], cart: [2, 2, 2], checkout: [2, 2, 2] }

/** Evictions whose replacement has not landed where it helps. */
export function wasted({ invariants }: Stage): readonly string[] {
  return invariants.flights.filter(({ landing }) => landing?.helped !== true).map(({ victim }) => victim.name)
}
