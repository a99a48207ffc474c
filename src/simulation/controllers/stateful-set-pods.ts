import type { ControllerContext } from './controller.ts'
import { isControlledBy } from '../pod-facts.ts'
import { inNamespaceOf, podFromTemplate } from './pod-template.ts'
import type { Revision } from './stateful-set-revisions.ts'
import type { PodObject, StatefulSetObject, WireTemplate } from '../wire-objects.ts'

export const REVISION_LABEL = 'controller-revision-hash'

/** The pods of a StatefulSet: those within its replicas by slot (undefined: missing), and those beyond, highest ordinal first. */
export interface Ordinals {
  readonly replicas: readonly (PodObject | undefined)[]
  readonly condemned: readonly PodObject[]
}

export function podsByOrdinal(context: ControllerContext, set: StatefulSetObject): Ordinals {
  const replicas = Array.from<PodObject | undefined>({ length: set.spec?.replicas ?? 1 })
  const condemned: { readonly ordinal: number; readonly pod: PodObject }[] = []
  for (const pod of context.objects.list('pods', set.metadata.namespace)) {
    if (!isControlledBy(pod, set.metadata.uid)) continue
    const ordinal = Number(pod.metadata.name.slice(set.metadata.name.length + 1))
    if (ordinal < replicas.length) replicas[ordinal] = pod
    else condemned.push({ ordinal, pod })
  }
  return { replicas, condemned: condemned.sort((a, b) => b.ordinal - a.ordinal).map(({ pod }) => pod) }
}

/** Whether the pod's name is that of one of the set's slots. */
export function isNamedAfter({ metadata }: StatefulSetObject, pod: PodObject): boolean {
  return pod.metadata.name.startsWith(`${metadata.name}-`) && /^\d+$/.test(pod.metadata.name.slice(metadata.name.length + 1))
}

/** Creates the claims of a slot, which outlive its pods, and then the pod (stateful_pod_control.go). */
export function createReplica(context: ControllerContext, set: StatefulSetObject, ordinal: number, revision: Revision): void {
  const name = `${set.metadata.name}-${ordinal}`
  for (const template of set.spec?.volumeClaimTemplates ?? []) {
    context.objects.create('persistentvolumeclaims', {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        name: `${template.metadata.name}-${name}`,
        ...inNamespaceOf(set),
        labels: { ...template.metadata.labels, ...set.spec?.selector?.matchLabels },
      },
      spec: template.spec ?? {},
      status: { phase: 'Pending' },
    })
  }
  context.objects.create('pods', podFromTemplate(set, replicaTemplate(set, name, ordinal, revision), { name }))
}

function replicaTemplate(set: StatefulSetObject, name: string, ordinal: number, revision: Revision): WireTemplate {
  const { template } = revision
  const claims = set.spec?.volumeClaimTemplates ?? []
  const own = new Set(claims.map(claim => claim.metadata.name))
  return {
    ...template,
    metadata: {
      ...template.metadata,
      labels: {
        ...template.metadata?.labels,
        'statefulset.kubernetes.io/pod-name': name,
        'apps.kubernetes.io/pod-index': String(ordinal),
        [REVISION_LABEL]: revision.name,
      },
    },
    spec: {
      ...template.spec,
      hostname: name,
      ...(set.spec?.serviceName === undefined ? {} : { subdomain: set.spec.serviceName }),
      volumes: [
        ...claims.map(claim => ({ name: claim.metadata.name, persistentVolumeClaim: { claimName: `${claim.metadata.name}-${name}` } })),
        ...(template.spec?.volumes ?? []).filter(volume => !own.has(volume.name)),
      ],
    },
  }
}
