/** Goes through things bit by bit, again and again. */
export interface Rotation<T> {
  /** The next one; undefined once at the end of each round. */
  next(): T | undefined
}

/** @param round what there is when a round begins; it ends, whatever comes meanwhile */
export function createRotation<T>(round: () => Iterable<T>): Rotation<T> {
  let rest: Iterator<T> | undefined
  return {
    next() {
      rest ??= round()[Symbol.iterator]()
      const { done, value } = rest.next()
      if (done !== true) return value
      rest = undefined
      return undefined
    },
  }
}

/** At most so many, fewer at the end of a round. */
export function take<T>(rotation: Rotation<T>, most: number): readonly T[] {
  const taken: T[] = []
  while (taken.length < most) {
    const one = rotation.next()
    if (one === undefined) break
    taken.push(one)
  }
  return taken
}
