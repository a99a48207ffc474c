import { memo } from '../cluster/memo.ts'
import type { Distinction } from '../scheduling/distinction.ts'
import type { Mark } from '../scheduling/node-partition.ts'
import type { SpreadState } from './spread-state.ts'

/**
 * Tells nodes apart as far as it makes a difference to some group that counts the replacement: by their domains, or by their counts where each node is a
 * domain.
 *
 * @param closed by slot: 1 for a node that accepts no landing; undefined where none is
 */
export function createDistinctions(closed: Mark | undefined): (counting: readonly SpreadState[]) => Distinction {
  // One list for the groups that count the pods of one workload, by which the model knows again what it has found for it.
  const known = new WeakMap<readonly SpreadState[], readonly Mark[]>()
  return counting => {
    const marks = memo(known, counting, () => [...counting.map(({ index }) => index.mark), ...(closed === undefined ? [] : [closed])])
    const apart: number[] = []
    for (const { index, occupied } of counting) {
      if (index.isPerNode) for (const domain of occupied.keys()) apart.push(index.slots[domain] ?? 0)
    }
    return { marks, apart }
  }
}
