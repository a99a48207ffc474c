import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { Labels } from '../cluster/labels.ts'
import type { OwnerRef, PodRecord } from '../cluster/pod.ts'
import type { PodTemplate, WorkloadRecord } from '../cluster/workload.ts'
import { controllerRecord, isReplicaOwner, KINDS_OF_NODES } from './controller-record.ts'
import { replacementClaims } from './replacement-claims.ts'
import { nameAfter } from './replacement-name.ts'
import { replacementSpec } from './replacement-spec.ts'
import type { Replacement } from './scheduler-model.ts'
import { templateLike } from './template-like-pod.ts'

/**
 * What the pod's controller creates once the pod is evicted, from its template as it is now: unbound, with a name and uid that no pod has, except
 * that a StatefulSet uses the name again. Where nobody can read the template, the pod itself stands in for it. Deterministic: the same pod gives
 * the same replacement.
 */
export function replacementOf(cluster: ClusterReader, pod: PodRecord): Replacement {
  const ref = pod.controller
  if (ref === undefined) return unknown('no controller would replace it')
  const called = `${ref.kind} ${ref.name}`
  if (!isReplicaOwner(ref)) return likeThePod(cluster, pod, ref)
  const workload = controllerRecord(cluster, pod.namespace, ref)
  if (workload === undefined) return unknown(`${called} is not in the data, so what it would create cannot be told`)
  if (workload.deletedAt !== undefined) return unknown(`${called} is being deleted and replaces nothing`)
  if (workload.template === undefined) return unknown(`${called} creates no pods, or has no pod template`)

  switch (ref.kind) {
    case 'ReplicaSet':
    case 'ReplicationController':
      return fromTemplate(cluster, pod, workload.template, {
        name: nameAfter(pod).name,
        labels: workload.template.labels,
        claims: workload.template.claims,
        // Whoever owns a ReplicaSet makes a new one for a new template and never changes this one's.
        isProven: workload.controller !== undefined && includesLabels(pod.labels, workload.template.labels),
        comesAfter: 'deletionTimestamp',
      })
    case 'StatefulSet':
      return fromStatefulSet(cluster, pod, workload, workload.template)
  }
}

/**
 * Whether such an owner waits for the old pod to go is not known. That it does is the careful reading: the pod's node, freed, may then be chosen
 * again, and every node that has room while the old pod is there has it afterwards.
 */
function likeThePod(cluster: ClusterReader, pod: PodRecord, ref: OwnerRef): Replacement {
  const called = `${ref.kind} ${ref.name}`
  if (KINDS_OF_NODES.includes(ref.kind)) return unknown(`the pods of ${called} belong to their nodes`)
  if (controllerRecord(cluster, pod.namespace, ref)?.deletedAt !== undefined)
    return unknown(`${called} is being deleted and replaces nothing`)
  const read = templateLike(cluster, pod, called)
  if (read.kind === 'unknown') return read
  const { template } = read
  const { name } = nameAfter(pod)
  const next: Incarnation = { name, labels: template.labels, claims: template.claims, isProven: true, comesAfter: 'gone' }
  const answer = fromTemplate(cluster, pod, template, next)
  if (answer.kind === 'unknown') return answer
  return { ...answer, assumption: `the pod template of ${called} is not in the data: its next pod is assumed to be like this one` }
}

const REVISION_LABEL = 'controller-revision-hash'

/** The next incarnation: same name, same claims, of the update revision (stateful_set_utils.go, 1.36). */
function fromStatefulSet(cluster: ClusterReader, pod: PodRecord, workload: WorkloadRecord, template: PodTemplate): Replacement {
  const { updateRevision = '', currentRevision = '', partition = 0, claimTemplates = [] } = workload.statefulSet ?? {}
  // Ordinals below the partition keep the current revision, whose template is not in the StatefulSet any more.
  if (partition > 0 && updateRevision !== currentRevision) {
    return unknown(`StatefulSet ${workload.name} is updated in part, so which revision the next pod gets cannot be told`)
  }
  const labels = new Map(template.labels)
  labels.set('statefulset.kubernetes.io/pod-name', pod.name)
  labels.set('apps.kubernetes.io/pod-index', pod.name.slice(workload.name.length + 1))
  if (updateRevision !== '') labels.set(REVISION_LABEL, updateRevision)
  return fromTemplate(cluster, pod, template, {
    name: pod.name,
    labels,
    claims: [...template.claims, ...claimTemplates.map(claim => `${claim}-${pod.name}`)],
    isProven: updateRevision !== '' && pod.labels.get(REVISION_LABEL) === updateRevision,
    comesAfter: 'gone',
  })
}

interface Incarnation {
  readonly name: string
  readonly labels: Labels
  /** Of the template, generic ephemeral ones aside. */
  readonly claims: readonly string[]
  /** The pod was made from this very template. */
  readonly isProven: boolean
  readonly comesAfter: 'deletionTimestamp' | 'gone'
}

function fromTemplate(cluster: ClusterReader, pod: PodRecord, template: PodTemplate, next: Incarnation): Replacement {
  const [gate] = template.spec.schedulingGates
  if (gate !== undefined) return unknown(`its template has the scheduling gate ${gate}, and when that is lifted cannot be told`)
  // What the pod was made with, and not what the API server has copied onto it from its node since.
  const labels = next.labels.size === pod.ownLabels.size && includesLabels(pod.ownLabels, next.labels) ? pod.ownLabels : next.labels
  const specified = replacementSpec(cluster, template.spec, labels, pod, next.isProven)
  if (specified.kind === 'refused') return unknown(specified.problem)
  const { spec } = specified

  const { uid } = nameAfter(pod)
  const ephemeral = new Set(template.ephemeralVolumes.map(volume => `${pod.name}-${volume}`))
  const written = specified.kind === 'own' ? pod.claims.filter(claim => !ephemeral.has(claim)) : next.claims
  const claimed = replacementClaims(cluster, pod, template, written, { name: next.name, uid })
  if (claimed.kind === 'unknown') return unknown(claimed.problem)
  const { claims, claimsToCome } = claimed
  return {
    kind: 'replacement',
    comesAfter: next.comesAfter,
    pod: {
      kind: 'Pod',
      namespace: pod.namespace,
      name: next.name,
      uid,
      labels,
      ownLabels: labels,
      annotations: template.annotations,
      controller: pod.controller,
      spec,
      claims,
      ...(claimsToCome.length > 0 && { claimsToCome }),
      nodeName: undefined,
      nominatedNodeName: undefined,
      phase: 'Pending',
      ready: false,
      readySince: undefined,
      // There is no clock here; nobody asks for the age of a pod that is only imagined.
      createdAt: pod.createdAt,
      deletedAt: undefined,
      charged: spec.requests,
      chargedScored: spec.scoredRequests,
      crashLooping: false,
      unschedulableMessage: undefined,
    },
  }
}

function includesLabels(labels: Labels, expected: Labels): boolean {
  return Array.from(expected).every(([key, value]) => labels.get(key) === value)
}

function unknown(problem: string): Replacement {
  return { kind: 'unknown', problem }
}
