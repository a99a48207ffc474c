/** A seeded source of numbers: the same seed gives the same draws, on every machine. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  /** One of the items; throws on an empty list, which is a mistake of the caller. */
  pick<T>(items: readonly T[]): T
  /** True with the given probability, 0..1. */
  chance(probability: number): boolean
  /**
   * An independent stream for one component, derived from this one's seed and a name. Each component draws from its own, so that one more
   * draw in one of them does not change what happens in the others.
   */
  fork(name: string): Random
}

/** FNV-1a, 32 bits: short, stable hashes for names and seeds, not for secrets. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) {
    hash ^= text.charCodeAt(at)
    hash = Math.imul(hash, 0x01000193)
  }
  return hash >>> 0
}

/** mulberry32: 32 bits of state, good enough to draw delays and interleavings from. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    between,
    pick: items => {
      const item = items[between(0, items.length - 1)]
      if (item === undefined) throw new RangeError('nothing to pick from')
      return item
    },
    chance: probability => next() < probability,
    fork: name => createRandom(hash32(`${seed >>> 0}/${name}`)),
  }
}

/** A delay that is drawn anew each time, in milliseconds. */
export interface DelayRange {
  readonly min: number
  readonly max: number
}

export function drawDelay(random: Random, range: DelayRange): number {
  return range.min === range.max ? range.min : random.between(range.min, range.max)
}
