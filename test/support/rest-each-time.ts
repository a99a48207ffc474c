import type { Rest } from '../../src/rebalancing/ports.ts'

/** Lets everything else have its turn before each piece of work, so that whatever can be seen between two pieces is seen. */
export const restEachTime: Rest = () => new Promise(resolve => setImmediate(resolve))
