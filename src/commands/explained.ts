import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { nearest } from '../configuration/nearest.ts'
import type { WorkloadName } from '../planning/plan-types.ts'
import { ownersOf } from '../planning/workloads.ts'
import { kindCalled, workloadText } from '../reporting/short-names.ts'
import type { ExplainedWorkload } from '../reporting/workload-explanation.ts'
import { CommandError } from './errors.ts'

/**
 * The workload that is meant, with its pods; its kind as kubectl or a report has it (`deploy`, `deployments.apps`, `rollout`).
 * @throws CommandError with what may have been meant
 */
export function explainedWorkload(cluster: ClusterReader, namespace: string, kind: string, name: string): ExplainedWorkload {
  const known = owned(cluster, namespace)
  const namesakes = known.filter(({ owner }) => owner.name === name)
  const found = namesakes.filter(({ owner }) => kindCalled(owner.kind) === kindCalled(kind))
  const [first] = found
  if (first !== undefined) return { namespace, workload: first.owner, pods: [...new Set(found.map(({ pod }) => pod))] }
  const what = `no pod in namespace ${namespace} belongs to ${kind}/${name}`
  if (kindCalled(kind) === 'pod' && cluster.pod(namespace, name) !== undefined)
    throw new CommandError(`${what}; the pod itself is ${namespace}/${name}`)
  const others = [...new Set(namesakes.map(({ owner }) => owner.kind))]
  if (others.length > 0) throw new CommandError(`${what}; there is a ${others.join(' and a ')} of that name`)
  const texts = new Map(known.map(({ owner }) => [owner.name, workloadText(owner)]))
  throw new CommandError(`${what}${meant(cluster, namespace, name, texts)}`)
}

/** Why there is no such pod, and what may have been meant: a workload more often than not. */
export function noSuchPod(cluster: ClusterReader, namespace: string, name: string): string {
  const what = `there is no pod ${namespace}/${name}`
  const workload = owned(cluster, namespace).find(({ owner }) => owner.name === name)
  if (workload !== undefined)
    return `${what}, but a ${workload.owner.kind} of that name: explain ${namespace}/${workloadText(workload.owner)}`
  const names = new Map([...cluster.podsIn(namespace)].map(pod => [pod.name, pod.name]))
  return `${what}${meant(cluster, namespace, name, names)}`
}

/** Every pod of the namespace with its workload, and with the controller in between where there is one. */
function owned(cluster: ClusterReader, namespace: string): readonly { readonly pod: PodRecord; readonly owner: WorkloadName }[] {
  return [...cluster.podsIn(namespace)].flatMap(pod => {
    const { name, controller } = ownersOf(cluster, pod)
    return [name, ...(controller === undefined ? [] : [controller])].map(owner => ({ pod, owner: { kind: owner.kind, name: owner.name } }))
  })
}

/** @param texts how to write what a name stands for */
function meant(cluster: ClusterReader, namespace: string, name: string, texts: ReadonlyMap<string, string>): string {
  if (texts.size > 0) {
    const guess = nearest(name, [...texts.keys()])
    return guess === undefined ? '' : `; did you mean ${namespace}/${texts.get(guess)}?`
  }
  const guess = nearest(namespace, [...new Set([...cluster.pods()].map(pod => pod.namespace))])
  return `: no pod is in that namespace${guess === undefined ? '' : `; did you mean ${guess}?`}`
}
