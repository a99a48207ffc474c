import { memo } from '../cluster/memo.ts'
import type { NodeRecord } from '../cluster/node.ts'

/** The zone groups that the scheduler takes nodes from in turn: by region and zone, beta labels before GA ones (node_tree.go, 1.36). */
export interface ZoneGroups {
  /** By slot; 0 as well where there is no node. */
  readonly groupOf: Int32Array
  /** Number of nodes by group. */
  readonly sizes: readonly number[]
}

export function zoneGroupsOf(nodes: readonly (NodeRecord | undefined)[]): ZoneGroups {
  const numbers = new Map<string, number>()
  const sizes: number[] = []
  const groupOf = Int32Array.from(nodes, node => {
    if (node === undefined) return 0
    const name = `${labelOf(node, 'region')}\0${labelOf(node, 'zone')}`
    const group = memo(numbers, name, () => numbers.size)
    sizes[group] = (sizes[group] ?? 0) + 1
    return group
  })
  return { groupOf, sizes }
}

function labelOf({ labels }: NodeRecord, part: 'region' | 'zone'): string {
  return labels.get(`failure-domain.beta.kubernetes.io/${part}`) ?? labels.get(`topology.kubernetes.io/${part}`) ?? ''
}
