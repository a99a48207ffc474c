import type { SpreadRule } from './excess.ts'

/** By count: the number of domains that have it. Thousands of domains for the hostname key make a handful of different counts. */
export type Tally = readonly number[]

/** @param counts of so many domains; those of 0 may be left out */
export function tallyOf(counts: Iterable<number>, domains: number): number[] {
  const tally = [domains]
  for (const count of counts) {
    if (count === 0) continue
    while (tally.length <= count) tally.push(0)
    tally[count] = (tally[count] ?? 0) + 1
    tally[0] = (tally[0] ?? 0) - 1
  }
  return tally
}

/** The lowest count, whatever minDomains makes of it; 0 without domains. */
export function lowestIn(tally: Tally): number {
  for (let count = 0; count < tally.length; count += 1) if ((tally[count] ?? 0) > 0) return count
  return 0
}

export function highestIn(tally: Tally): number {
  for (let count = tally.length - 1; count > 0; count -= 1) if ((tally[count] ?? 0) > 0) return count
  return 0
}

/** Highest count minus the global minimum. */
export function skewOfTally(tally: Tally, domains: number, rule: SpreadRule): number {
  return highestIn(tally) - (domains < rule.minDomains ? 0 : lowestIn(tally))
}

/** Sum over domains of max(0, count - global minimum - maxSkew). */
export function excessOfTally(tally: Tally, domains: number, { maxSkew, minDomains }: SpreadRule): number {
  const allowed = (domains < minDomains ? 0 : lowestIn(tally)) + maxSkew
  let excess = 0
  for (let count = allowed + 1; count < tally.length; count += 1) excess += (tally[count] ?? 0) * (count - allowed)
  return excess
}

/** Pods in all domains. */
export function podsIn(tally: Tally): number {
  return tally.reduce((sum, domains, count) => sum + domains * count, 0)
}
