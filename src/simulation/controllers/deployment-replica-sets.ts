import { compareText } from '../../cluster/compare-text.ts'
import type { ControllerContext } from './controller.ts'
import { REVISION } from '../object-metadata.ts'
import { isControlledBy } from '../pod-facts.ts'
import { parseTimestamp } from '../../cluster/timestamp.ts'
import type { DeploymentObject, ReplicaSetObject } from '../wire-objects.ts'
import { controllerRef, inNamespaceOf } from './pod-template.ts'
import type { SetSize } from './rolling-update.ts'

export const HASH_LABEL = 'pod-template-hash'

/** Its ReplicaSets in order of creation. */
export function ownedSets(context: ControllerContext, deployment: DeploymentObject): readonly ReplicaSetObject[] {
  return context.objects
    .list('replicasets', deployment.metadata.namespace)
    .filter(set => isControlledBy(set, deployment.metadata.uid))
    .sort(byCreation)
}

export function createSet(
  context: ControllerContext,
  deployment: DeploymentObject,
  hash: string,
  replicas: number,
  revision: number,
): void {
  const template = deployment.spec?.template
  const labels = { ...template?.metadata?.labels, [HASH_LABEL]: hash }
  context.objects.create('replicasets', {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      ...inNamespaceOf(deployment),
      labels,
      annotations: { [REVISION]: String(revision) },
      ownerReferences: [controllerRef(deployment)],
    },
    spec: {
      replicas,
      minReadySeconds: deployment.spec?.minReadySeconds ?? 0,
      selector: {
        ...deployment.spec?.selector,
        matchLabels: { ...deployment.spec?.selector?.matchLabels, [HASH_LABEL]: hash },
      },
      template: { ...template, metadata: { ...template?.metadata, labels } },
    },
  })
}

/** A template that comes back (a roll-back) takes up its old ReplicaSet under a new revision; the Deployment shows the same number. */
export function stampRevision(
  context: ControllerContext,
  deployment: DeploymentObject,
  current: ReplicaSetObject,
  sets: readonly ReplicaSetObject[],
): void {
  const isNewest = sets.every(set => set === current || revisionOf(set) < revisionOf(current))
  const revision = String(isNewest ? revisionOf(current) : nextRevision(sets))
  const stamp = <O extends DeploymentObject | ReplicaSetObject>(object: O): O => ({
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [REVISION]: revision } },
  })
  context.objects.update('replicasets', current.metadata, stamp)
  context.objects.update('deployments', deployment.metadata, stamp)
}

export function resize(context: ControllerContext, set: ReplicaSetObject, replicas: number): void {
  context.objects.update('replicasets', set.metadata, now => ({ ...now, spec: { ...now.spec, replicas } }))
}

/** Old ReplicaSets are kept for roll-backs, as many as revisionHistoryLimit says. */
export function dropOldSets(context: ControllerContext, deployment: DeploymentObject, old: readonly ReplicaSetObject[]): void {
  const idle = old.filter(set => (set.spec?.replicas ?? 0) === 0 && (set.status?.replicas ?? 0) === 0)
  const excess = idle.length - (deployment.spec?.revisionHistoryLimit ?? 10)
  const oldestFirst = [...idle].sort((a, b) => revisionOf(a) - revisionOf(b))
  for (const set of oldestFirst.slice(0, Math.max(0, excess))) {
    context.store.delete('replicasets', set.metadata.namespace, set.metadata.name)
  }
}

export function sizeOf(set: ReplicaSetObject): SetSize {
  return { name: set.metadata.name, wanted: set.spec?.replicas ?? 0, available: set.status?.availableReplicas ?? 0 }
}

function revisionOf(set: ReplicaSetObject): number {
  return Number(set.metadata.annotations?.[REVISION] ?? 0)
}

export function nextRevision(sets: readonly ReplicaSetObject[]): number {
  return 1 + sets.reduce((highest, set) => Math.max(highest, revisionOf(set)), 0)
}

function byCreation(a: ReplicaSetObject, b: ReplicaSetObject): number {
  const difference = (parseTimestamp(a.metadata.creationTimestamp) ?? 0) - (parseTimestamp(b.metadata.creationTimestamp) ?? 0)
  return difference || compareText(a.metadata.name, b.metadata.name)
}
