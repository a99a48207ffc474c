import type { PodSpec } from '../cluster/pod.ts'
import type { Scalars } from './filter-node-resources-fit.ts'
import { CPU, leftOf, MEMORY, POD_SLOTS, STORAGE } from './node-amounts.ts'
import type { NodeInfo } from './node-info.ts'

/**
 * How many copies of a pod fit on a node by slots and resources, as NodeResourcesFit reads them (filter-node-resources-fit.ts). A pod that holds a
 * host port has room for one a node at the most.
 *
 * @param scalars the extended resources that it asks for and that its profile heeds
 */
export function copiesThatFit({ requests, hostPorts }: PodSpec, scalars: Scalars, { node, amounts, at, used }: NodeInfo): number {
  const { cpu, memory, ephemeralStorage } = requests
  let copies = leftOf(amounts, at, POD_SLOTS)
  if (cpu > 0) copies = Math.min(copies, Math.floor(leftOf(amounts, at, CPU) / cpu))
  if (memory > 0) copies = Math.min(copies, Math.floor(leftOf(amounts, at, MEMORY) / memory))
  if (ephemeralStorage > 0) copies = Math.min(copies, Math.floor(leftOf(amounts, at, STORAGE) / ephemeralStorage))
  for (const [name, request] of scalars) {
    const free = (node.allocatable.scalars.get(name) ?? 0) - (used.scalars.get(name) ?? 0)
    copies = Math.min(copies, Math.floor(free / request))
  }
  return Math.max(0, hostPorts.length > 0 ? Math.min(1, copies) : copies)
}
