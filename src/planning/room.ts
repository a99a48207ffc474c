import type { PodRecord } from '../cluster/pod.ts'
import type { NodeInfo } from '../scheduling/node-info.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'

/** How many copies of an unbound pod the nodes of a domain have room for, spread aside, counted up to `limit`. */
export function roomIn(model: SchedulerModel, pod: PodRecord, nodeNames: readonly string[], limit: number): number {
  let room = 0
  for (const name of nodeNames) {
    const info = model.info(name)
    if (info === undefined || model.refusalOn(pod, name) !== undefined) continue
    room += copiesThatFit(pod, info, limit - room)
    if (room >= limit) return limit
  }
  return room
}

// A pod that holds a host port, or wants no second one of its kind near, has room for one a node at the most.
function copiesThatFit(pod: PodRecord, { node, pods, used }: NodeInfo, limit: number): number {
  if (pod.spec.hostPorts.length > 0 || pod.spec.podAntiAffinity.required.length > 0) return Math.min(1, limit)
  const { requests } = pod.spec
  let copies = Math.min(limit, node.podSlots - pods.size)
  const fit = (request: number, free: number): void => {
    if (request > 0) copies = Math.min(copies, Math.floor(free / request))
  }
  fit(requests.cpu, node.allocatable.cpu - used.cpu)
  fit(requests.memory, node.allocatable.memory - used.memory)
  fit(requests.ephemeralStorage, node.allocatable.ephemeralStorage - used.ephemeralStorage)
  for (const [name, request] of requests.scalars) {
    fit(request, (node.allocatable.scalars.get(name) ?? 0) - (used.scalars.get(name) ?? 0))
  }
  return Math.max(0, copies)
}
