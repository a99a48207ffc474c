import type { OwnerRef } from '../cluster/pod.ts'
import { WORKLOAD_KINDS } from '../cluster/workload.ts'
import { isWorkloadRef } from '../scheduling/controller-record.ts'
import type { Policy } from './policy.ts'

const KUBERNETES_OWN: ReadonlySet<string> = new Set(WORKLOAD_KINDS)

/**
 * Whether the configuration allows a kind of owner, which it names by its kind or by kind and group, as in `StatefulSet.apps.kruise.io`. The
 * latter is the only way to allow a custom resource that shares its kind with one of Kubernetes' own.
 */
export function isAllowedKind(owner: OwnerRef, { ownerKinds }: Policy): boolean {
  return (!isNamesake(owner) && ownerKinds.includes(owner.kind)) || ownerKinds.includes(qualified(owner))
}

export function isNamesake(owner: OwnerRef): boolean {
  return KUBERNETES_OWN.has(owner.kind) && !isWorkloadRef(owner)
}

/** `CloneSet.apps.kruise.io`, as kubectl writes kinds of a group. */
export function qualified({ apiVersion, kind }: OwnerRef): string {
  const slash = apiVersion.indexOf('/')
  return slash === -1 ? kind : `${kind}.${apiVersion.slice(0, slash)}`
}
