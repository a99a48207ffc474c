import type { ClusterReader } from './cluster-state.ts'
import type { OwnerRef } from './pod.ts'
import { recordKey } from './records.ts'
import { WORKLOAD_KINDS, type WorkloadRecord } from './workload.ts'

/**
 * Throws a SyntaxError, in words that follow the name of the file, where two pods or two owners of pods have one uid, as in a file in which
 * somebody has blotted the uids out. Pods are told apart and owners found by them: the plan would be one for another cluster.
 */
export function checkUids(cluster: ClusterReader): void {
  const pods = new Set<string>()
  const owners = new Map<string, OwnerRef>()
  for (const pod of cluster.pods()) {
    if (pods.has(pod.uid)) {
      const first = [...cluster.pods()].find(({ uid }) => uid === pod.uid)
      throw oneUid(`Pod ${recordKey(first ?? pod)}`, `Pod ${recordKey(pod)}`)
    }
    pods.add(pod.uid)
    const { controller } = pod
    if (controller === undefined || owners.get(controller.uid) === controller) continue
    const known = owners.get(controller.uid) ?? cluster.workload(controller.uid)
    // What a reference does not tell, or not readably, the pod is warned of; that is no other object.
    if (controller.kind === '' || controller.name === '') continue
    if (known !== undefined && !isSame(known, controller)) throw oneUid(named(known), named(controller))
    owners.set(controller.uid, controller)
  }
  for (const kind of WORKLOAD_KINDS) {
    for (const workload of cluster.all(kind)) {
      const found = cluster.workload(workload.uid)
      if (found !== undefined && found !== workload) throw oneUid(named(workload), named(found))
    }
  }
}

type Owner = Pick<OwnerRef | WorkloadRecord, 'kind' | 'name'>

/** Whatever the namespace: what belongs to the whole cluster owns objects in many. */
function isSame(one: Owner, other: Owner): boolean {
  return one.kind === other.kind && one.name === other.name
}

function named({ kind, name }: Owner): string {
  return `${kind} ${name}`
}

function oneUid(one: string, other: string): SyntaxError {
  return new SyntaxError(`gives two objects one uid, ${one} and ${other}; legal are those that the cluster gave them`)
}
