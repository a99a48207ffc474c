import type { HostPort, PodRecord } from '../cluster/pod.ts'
import type { Filter, Refused } from './plugin.ts'

const NO_FREE_PORTS: Refused = { status: 'Unschedulable', message: "node(s) didn't have free ports for the requested pod ports" }

/** Host ports that the pod wants must not be taken on the node, by terminating pods neither (nodeports/node_ports.go, 1.36). */
export const nodePorts: Filter = (_context, { spec }) => {
  if (spec.hostPorts.length === 0) return undefined
  return ({ pods }) => {
    for (const pod of pods) if (takesAny(pod, spec.hostPorts)) return NO_FREE_PORTS
    return undefined
  }
}

function takesAny({ spec }: PodRecord, wanted: readonly HostPort[]): boolean {
  return spec.hostPorts.some(taken => wanted.some(port => conflict(port, taken)))
}

/** Only 0.0.0.0 stands for every address; `::` is an address like any other (framework HostPortInfo, 1.36). */
function conflict(one: HostPort, other: HostPort): boolean {
  if (one.port !== other.port || one.protocol !== other.protocol) return false
  return one.ip === other.ip || one.ip === ANY_ADDRESS || other.ip === ANY_ADDRESS
}

const ANY_ADDRESS = '0.0.0.0'
