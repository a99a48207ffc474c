import type { PodSpec } from '../cluster/pod.ts'
import { whatNodesAloneRead } from './static-answers.ts'

/** By what specs share the answers of nodes. */
export interface SpecKeys {
  readonly ofNodes: string
  readonly own: string
  readonly withImages: () => string
}

/** Specs that ask the same of a node have the same keys. */
export function keysFor(spec: PodSpec): SpecKeys {
  const { requests, scoredRequests, hostPorts, images, containerCount } = spec
  const { cpu, memory, ephemeralStorage, scalars } = requests
  const ofNodes = JSON.stringify(whatNodesAloneRead(spec))
  const amounts = [cpu, memory, ephemeralStorage, scoredRequests.cpu, scoredRequests.memory].join()
  const others = scalars.size + hostPorts.length === 0 ? '' : JSON.stringify([[...scalars], hostPorts])
  const own = `${ofNodes} ${amounts} ${others}`
  return { ofNodes, own, withImages: () => `${own} ${JSON.stringify([images, containerCount])}` }
}
