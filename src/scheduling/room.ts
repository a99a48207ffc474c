import type { PodSpec } from '../cluster/pod.ts'
import type { NodeInfo } from './node-info.ts'

/**
 * How many copies of a pod fit on a node by slots and resources, as NodeResourcesFit reads them (filter-node-resources-fit.ts). A pod that holds a
 * host port has room for one a node at the most.
 */
export function copiesThatFit({ requests, hostPorts }: PodSpec, { node, pods, used }: NodeInfo): number {
  let copies = node.podSlots - pods.size
  const fit = (request: number, free: number): void => {
    if (request > 0) copies = Math.min(copies, Math.floor(free / request))
  }
  fit(requests.cpu, node.allocatable.cpu - used.cpu)
  fit(requests.memory, node.allocatable.memory - used.memory)
  fit(requests.ephemeralStorage, node.allocatable.ephemeralStorage - used.ephemeralStorage)
  for (const [name, request] of requests.scalars) {
    fit(request, (node.allocatable.scalars.get(name) ?? 0) - (used.scalars.get(name) ?? 0))
  }
  return Math.max(0, hostPorts.length > 0 ? Math.min(1, copies) : copies)
}
