import { createProjector } from '../../cluster/projection.ts'
import { isTolerated, repellingTaint } from '../../scheduling/taints.ts'
import { matchesRequiredNodeAffinity } from '../../scheduling/node-affinity.ts'
import { ownerKey, runController, type Controller, type ControllerContext } from './controller.ts'
import { TAINTS } from './node-taints.ts'
import { isControlledBy, isReady, isTerminal, isTerminating } from '../pod-facts.ts'
import { podFromTemplate, templateHash } from './pod-template.ts'
import { keyOf } from '../sorted-objects.ts'
import type { DaemonSetObject, NodeObject, PodObject, WireToleration } from '../wire-objects.ts'

const HASH_LABEL = 'controller-revision-hash'

/** What the pods of every DaemonSet put up with (pkg/controller/daemon/util AddOrUpdateDaemonPodTolerations). */
const TOLERATIONS: readonly WireToleration[] = [
  { key: TAINTS.notReady, operator: 'Exists', effect: 'NoExecute' },
  { key: TAINTS.unreachable, operator: 'Exists', effect: 'NoExecute' },
  { key: TAINTS.unschedulable, operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
]

/** One pod on every node that suits (pkg/controller/daemon). A new template reaches a node when its pod goes; there is no roll-out. */
export const daemonSetController: Controller = context => {
  const projector = createProjector()

  /** Whether a pod of the set may start on the node, and whether one that runs there may stay. */
  const suitability = (node: NodeObject, pod: PodObject): { readonly start: boolean; readonly stay: boolean } => {
    const nodeRecord = projector.projectAs('Node', node).record
    // A pod without a uid would not be read; this one is only imagined.
    const podRecord = projector.projectAs('Pod', { ...pod, metadata: { ...pod.metadata, name: 'imagined', uid: 'imagined' } }).record
    if (nodeRecord?.kind !== 'Node' || podRecord?.kind !== 'Pod') return { start: false, stay: false }
    const { tolerations } = podRecord.spec
    const matches = matchesRequiredNodeAffinity(podRecord.spec, nodeRecord)
    const evicting = nodeRecord.taints.some(taint => taint.effect === 'NoExecute' && !isTolerated(taint, tolerations))
    return { start: matches && repellingTaint(nodeRecord.taints, tolerations) === undefined, stay: matches && !evicting }
  }

  const reconcile = (set: DaemonSetObject): void => {
    const pods = context.objects
      .list('pods', set.metadata.namespace)
      .filter(pod => isControlledBy(pod, set.metadata.uid) && !isTerminal(pod))
    const byNode = Map.groupBy(pods, nodeOf)
    let desired = 0
    for (const node of context.objects.list('nodes')) {
      const { name } = node.metadata
      const [existing] = byNode.get(name) ?? []
      const { start, stay } = suitability(node, podFor(set, undefined))
      if (existing === undefined ? start : stay) desired++
      if (existing === undefined && start) context.objects.create('pods', podFor(set, name))
      if (existing !== undefined && !stay && !isTerminating(existing)) {
        context.store.delete('pods', existing.metadata.namespace, existing.metadata.name)
      }
    }
    writeStatus(context, set, desired)
  }

  return runController(context, {
    name: 'daemonset',
    resources: ['daemonsets', 'nodes', 'pods'],
    keysOf: ({ resource, object }) => {
      if (resource === 'nodes') return context.objects.list('daemonsets').map(keyOf)
      const key = resource === 'daemonsets' ? keyOf(object) : ownerKey(object, 'DaemonSet')
      return key === undefined ? [] : [key]
    },
    reconcile: (namespace, name) => {
      const set = context.objects.get('daemonsets', namespace, name)
      if (set !== undefined && !isTerminating(set)) reconcile(set)
      return undefined
    },
  })
}

/** Its pods go through the scheduler, pinned to their node by affinity (ReplaceDaemonSetPodNodeNameNodeAffinity). */
function podFor(set: DaemonSetObject, nodeName: string | undefined): PodObject {
  const pod = podFromTemplate(set, set.spec?.template, { generateName: `${set.metadata.name}-` })
  const tolerations = [...(pod.spec?.tolerations ?? []), ...TOLERATIONS]
  const labels = { ...pod.metadata.labels, [HASH_LABEL]: templateHash(set.spec?.template) }
  const metadata = { ...pod.metadata, labels }
  if (nodeName === undefined) return { ...pod, metadata, spec: { ...pod.spec, tolerations } }
  const pin = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [nodeName] }] }
  const nodeAffinity = {
    ...pod.spec?.affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [pin] },
  }
  return { ...pod, metadata, spec: { ...pod.spec, tolerations, affinity: { ...pod.spec?.affinity, nodeAffinity } } }
}

interface PinnedAffinity {
  readonly nodeSelectorTerms?: readonly { readonly matchFields?: readonly { readonly values?: readonly string[] }[] }[]
}

/** The node that a pod is on, or is to be on. */
function nodeOf(pod: PodObject): string {
  const required = pod.spec?.affinity?.nodeAffinity?.['requiredDuringSchedulingIgnoredDuringExecution'] as PinnedAffinity | undefined
  return pod.spec?.nodeName ?? required?.nodeSelectorTerms?.[0]?.matchFields?.[0]?.values?.[0] ?? ''
}

function writeStatus(context: ControllerContext, set: DaemonSetObject, desired: number): void {
  const pods = context.objects
    .list('pods', set.metadata.namespace)
    .filter(pod => isControlledBy(pod, set.metadata.uid) && !isTerminating(pod) && !isTerminal(pod))
  const hash = templateHash(set.spec?.template)
  const ready = pods.filter(isReady).length
  context.objects.update('daemonsets', set.metadata, now => ({
    ...now,
    status: {
      observedGeneration: set.metadata.generation ?? 1,
      desiredNumberScheduled: desired,
      currentNumberScheduled: pods.length,
      updatedNumberScheduled: pods.filter(pod => pod.metadata.labels?.[HASH_LABEL] === hash).length,
      numberMisscheduled: 0,
      numberReady: ready,
      numberAvailable: ready,
      numberUnavailable: desired - ready,
    },
  }))
}
