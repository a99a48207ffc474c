import { isSameRecord } from '../cluster/cluster-state.ts'
import type { NodeRecord } from '../cluster/node.ts'
import { isFinished, type PodRecord } from '../cluster/pod.ts'
import { recordKey } from '../cluster/records.ts'
import type { Difference } from './difference.ts'
import { CPU, MEMORY, POD_SLOTS, SCORED_CPU, SCORED_MEMORY, STORAGE, USED } from './node-amounts.ts'
import type { NodeInfo } from './node-info.ts'
import type { SchedulerModel } from './scheduler-model.ts'

/**
 * Compares what the model holds of a node with the objects: that each pod on it stands there, and that what is used is their sum. Costs what stands
 * on the node; that no pod is missing there is found pod by pod ({@link standingDifferences}).
 */
export function nodeDifferences(model: SchedulerModel, name: string): readonly Difference[] {
  const { cluster } = model
  const node = cluster.node(name)
  const held = model.info(name)
  const differs = (heldAs: string, counted: string): Difference => ({ view: 'nodes', about: name, held: heldAs, counted })
  if (node === undefined || held === undefined) {
    return node === held ? [] : [differs(existence(held), existence(node))]
  }
  const standing = held.pods.map(pod => [pod, cluster.pod(pod.namespace, pod.name)] as const)
  const strays = standing.filter(([pod, now]) => now !== pod || !standsOn(now, name))
  const counted = totalOf(
    node,
    standing.flatMap(([, now]) => (now !== undefined && standsOn(now, name) ? [now] : [])),
  )
  const resources = new Set([...counted.keys(), ...held.used.scalars.keys()])
  return [
    ...(isSameRecord(held.node, node) ? [] : [differs('an earlier version of the node', 'the node as it is')]),
    ...strays.map(([pod, now]) =>
      differs(`with pod ${recordKey(pod)} (${pod.uid})`, now === undefined ? 'no such pod' : whereIs(now, name)),
    ),
    ...[...resources].flatMap(resource => {
      const [have, is] = [amountOf(resource, held), counted.get(resource) ?? 0]
      return have === is ? [] : [differs(`${resource} ${have}`, `${resource} ${is}`)]
    }),
  ]
}

/** The other way round: a pod that stands on a node is to be held there. */
export function standingDifferences(model: SchedulerModel, pod: PodRecord): readonly Difference[] {
  const { nodeName } = pod
  if (nodeName === undefined || isFinished(pod)) return []
  const node = model.cluster.node(nodeName)
  const held = model.info(nodeName)
  if (node === undefined)
    return held === undefined ? [] : [{ view: 'nodes', about: nodeName, held: existence(held), counted: existence(node) }]
  if (held?.pods.includes(pod) === true) return []
  return [{ view: 'nodes', about: nodeName, held: `without pod ${recordKey(pod)} (${pod.uid})`, counted: 'with it' }]
}

function standsOn(pod: PodRecord, nodeName: string): boolean {
  return pod.nodeName === nodeName && !isFinished(pod)
}

function existence(found: unknown): string {
  return found === undefined ? 'no such node' : 'a node'
}

function whereIs(pod: PodRecord, nodeName: string): string {
  if (standsOn(pod, nodeName)) return `with a later version of it (${pod.uid})`
  return isFinished(pod) ? 'it has finished' : `it stands on ${pod.nodeName ?? 'no node'}`
}

/** What the node's pods are charged, and what there is to charge. */
function totalOf(node: NodeRecord, pods: readonly PodRecord[]): ReadonlyMap<string, number> {
  const sum = (amount: (pod: PodRecord) => number): number => pods.reduce((total, pod) => total + amount(pod), 0)
  const names = new Set(pods.flatMap(({ charged }) => [...charged.scalars.keys()]))
  return new Map([
    ['cpu', sum(({ charged }) => charged.cpu)],
    ['memory', sum(({ charged }) => charged.memory)],
    ['ephemeral-storage', sum(({ charged }) => charged.ephemeralStorage)],
    ['pods', pods.length],
    ['scored cpu', sum(({ chargedScored }) => chargedScored.cpu)],
    ['scored memory', sum(({ chargedScored }) => chargedScored.memory)],
    ['allocatable cpu', node.allocatable.cpu],
    ['allocatable memory', node.allocatable.memory],
    ['allocatable ephemeral-storage', node.allocatable.ephemeralStorage],
    ['allocatable pods', node.podSlots],
    ...Array.from(names, name => [name, sum(({ charged }) => charged.scalars.get(name) ?? 0)] as const),
  ])
}

const PLACES = new Map([
  ['cpu', USED + CPU],
  ['memory', USED + MEMORY],
  ['ephemeral-storage', USED + STORAGE],
  ['pods', USED + POD_SLOTS],
  ['scored cpu', SCORED_CPU],
  ['scored memory', SCORED_MEMORY],
  ['allocatable cpu', CPU],
  ['allocatable memory', MEMORY],
  ['allocatable ephemeral-storage', STORAGE],
  ['allocatable pods', POD_SLOTS],
])

function amountOf(resource: string, { amounts, at, used }: NodeInfo): number {
  const place = PLACES.get(resource)
  return (place === undefined ? used.scalars.get(resource) : amounts.values[at + place]) ?? 0
}
