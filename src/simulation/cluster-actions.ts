import { timestamp } from '../cluster/timestamp.ts'
import { ZONE_LABEL } from '../cluster/topology-labels.ts'
import type { Kubelets } from './kubelet.ts'
import type { ObjectStore, RawObject, StoreResult } from './object-store.ts'
import type { Objects } from './objects.ts'
import { apiVersionOf } from './resource-types.ts'
import type { Clock } from '../rebalancing/ports.ts'

/** What people and clouds do to a cluster. Each throws with the server's words when the store refuses, for it is the caller's mistake. */
export interface ClusterActions {
  /** Creates the objects, or gives those that exist the labels, annotations and content of the manifest (`kubectl apply`, without merging). */
  apply(...manifests: readonly RawObject[]): void
  /** Takes the Node object away and everything on it with it, as a cloud does with a machine that is no more. */
  removeNode(name: string): void
  cordon(name: string): void
  uncordon(name: string): void
  /** The machine falls silent; its Node object stays. */
  failNode(name: string): void
  recoverNode(name: string): void
  failZone(zone: string): void
  recoverZone(zone: string): void
  scale(resource: 'deployments' | 'statefulsets', namespace: string, name: string, replicas: number): void
  /** `kubectl rollout restart`. */
  restart(resource: 'deployments' | 'statefulsets', namespace: string, name: string): void
  /** A person deletes a pod; no budget is asked. */
  deletePod(namespace: string, name: string): void
}

export function createClusterActions(store: ObjectStore, objects: Objects, kubelets: Kubelets, clock: Clock): ClusterActions {
  const nodesIn = (zone: string): readonly string[] => {
    const names = objects
      .list('nodes')
      .filter(node => node.metadata.labels?.[ZONE_LABEL] === zone)
      .map(node => node.metadata.name)
    if (names.length === 0) throw new Error(`no node has the label ${ZONE_LABEL}=${zone}`)
    return names
  }
  const setUnschedulable = (name: string, unschedulable: boolean): void => {
    must(objects.update('nodes', { name }, node => ({ ...node, spec: { ...node.spec, unschedulable } })))
  }

  return {
    apply: (...manifests) => {
      for (const manifest of manifests) applyOne(store, manifest)
    },
    removeNode: name => {
      kubelets.fail(name)
      must(store.delete('nodes', undefined, name))
    },
    cordon: name => setUnschedulable(name, true),
    uncordon: name => setUnschedulable(name, false),
    failNode: name => kubelets.fail(name),
    recoverNode: name => kubelets.recover(name),
    failZone: zone => {
      for (const name of nodesIn(zone)) kubelets.fail(name)
    },
    recoverZone: zone => {
      for (const name of nodesIn(zone)) kubelets.recover(name)
    },
    scale: (resource, namespace, name, replicas) => {
      must(objects.update(resource, { namespace, name }, current => ({ ...current, spec: { ...current.spec, replicas } })))
    },
    restart: (resource, namespace, name) => {
      must(
        objects.update(resource, { namespace, name }, current => {
          const template = current.spec?.template
          const annotations = { ...template?.metadata?.annotations, 'kubectl.kubernetes.io/restartedAt': timestamp(clock.now()) }
          return { ...current, spec: { ...current.spec, template: { ...template, metadata: { ...template?.metadata, annotations } } } }
        }),
      )
    },
    deletePod: (namespace, name) => {
      must(store.delete('pods', namespace, name))
    },
  }
}

function applyOne(store: ObjectStore, manifest: RawObject): void {
  const type = store.types.find(each => each.kind === manifest.kind && apiVersionOf(each) === manifest.apiVersion)
  if (type === undefined) throw new Error(`the embedded cluster has no ${manifest.apiVersion} ${manifest.kind}`)
  const { namespace, name, labels = {}, annotations = {} } = manifest.metadata
  if (store.get(type.resource, namespace, name) === undefined) {
    must(store.create(type.resource, manifest))
    return
  }
  must(
    store.update(type.resource, namespace, name, current => ({
      ...current,
      ...manifest,
      metadata: {
        ...current.metadata,
        labels: { ...current.metadata.labels, ...labels },
        annotations: { ...current.metadata.annotations, ...annotations },
      },
    })),
  )
}

function must(result: StoreResult): void {
  if (!result.ok) throw new Error(result.refusal.message)
}
