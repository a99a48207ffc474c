import { selectorFromLabels } from './label-selector.ts'
import type { LabelSelector } from './labels.ts'
import { readSelector } from './project-affinity.ts'
import type { RawObject } from './project-object.ts'
import { readClaimVolumes } from './project-pod-volumes.ts'
import { listed, type RawField } from './raw-field.ts'
import type { PodTemplate, WorkloadKind, WorkloadRecord } from './workload.ts'

const REVISION = 'deployment.kubernetes.io/revision'

/** Reads one kind of workload into the record that all kinds share. */
export function projectWorkload(kind: WorkloadKind): (object: RawObject) => WorkloadRecord {
  return object => {
    const { root, metadata, readers, problems } = object
    const spec = root.at('spec')
    const status = root.at('status')
    const replicas = readReplicas(kind, spec, status)
    const counts = readStatus(kind, status)
    const controller = readers.controller(metadata.ownerField)
    // What a rollout has left without a pod: of ten ReplicaSets in a cluster nine are that, and what they would select nobody asks. One that stands
    // by itself can be scaled down while its pods wait, and default constraints go by its selector as long as it is there.
    const isLeftBehind = controller !== undefined && isReplicaSet(kind) && replicas === 0 && counts.replicas === 0
    return {
      kind,
      namespace: metadata.namespace,
      name: metadata.name,
      uid: metadata.uid,
      annotations: readers.annotations(metadata.annotationField),
      controller,
      selector: isLeftBehind ? SELECTS_NOTHING : readPodSelector(kind, spec.at('selector')),
      replicas,
      template: isAskedForTemplate(kind, replicas) ? readTemplate(object) : undefined,
      createdAt: metadata.createdAt,
      deletedAt: metadata.deletedAt,
      paused: spec.at(kind === 'Job' ? 'suspend' : 'paused').flag(),
      generation: metadata.generation,
      // A Job rolls nothing out, and says nothing of the kind.
      observedGeneration: kind === 'Job' ? metadata.generation : (status.at('observedGeneration').integer() ?? 0),
      status: counts,
      statefulSet: kind === 'StatefulSet' ? readStatefulSet(spec, status) : undefined,
      revision: metadata.annotationField.at(REVISION).text(),
      problems: listed(problems),
    }
  }
}

const SELECTS_NOTHING: LabelSelector = { kind: 'nothing' }

function readPodSelector(kind: WorkloadKind, field: RawField): LabelSelector {
  if (kind !== 'ReplicationController') return readSelector(field)
  // A plain set of labels.
  return field.present ? selectorFromLabels(field.labels()) : SELECTS_NOTHING
}

function isReplicaSet(kind: WorkloadKind): boolean {
  return kind === 'ReplicaSet' || kind === 'ReplicationController'
}

function readReplicas(kind: WorkloadKind, spec: RawField, status: RawField): number {
  if (kind === 'DaemonSet') return status.at('desiredNumberScheduled').integer(0) ?? 0
  return spec.at(kind === 'Job' ? 'parallelism' : 'replicas').integer(0) ?? 1
}

/**
 * Replacements are made from the templates of those that create pods themselves. A Deployment repeats its ReplicaSet's, and each rollout leaves
 * a ReplicaSet without replicas behind: theirs would be most of what a large cluster takes in memory.
 */
function isAskedForTemplate(kind: WorkloadKind, replicas: number): boolean {
  switch (kind) {
    case 'ReplicaSet':
    case 'ReplicationController':
      return replicas > 0
    case 'StatefulSet':
      return true
    case 'Deployment':
    case 'DaemonSet':
    case 'Job':
      return false
  }
}

function readTemplate({ root, readers, problems }: RawObject): PodTemplate | undefined {
  const template = root.at('spec').at('template')
  if (!template.present) return undefined
  const templateMetadata = template.at('metadata')
  const rawSpec = template.at('spec')
  const { claims, ephemeral } = readClaimVolumes(rawSpec.at('volumes'))
  const { spec } = readers.specs.read(rawSpec.value)
  for (const problem of spec.problems) problems.add(`spec.template.spec.${problem}`)
  return {
    labels: readers.labels(templateMetadata.at('labels')),
    annotations: readers.annotations(templateMetadata.at('annotations')),
    spec,
    claims,
    ephemeralVolumes: ephemeral,
  }
}

function readStatus(kind: WorkloadKind, status: RawField): WorkloadRecord['status'] {
  const number = (key: string): number => status.at(key).integer(0) ?? 0
  switch (kind) {
    case 'DaemonSet':
      return {
        replicas: number('currentNumberScheduled'),
        updatedReplicas: number('updatedNumberScheduled'),
      }
    case 'Job':
      return {
        replicas: number('active'),
        updatedReplicas: number('active'),
      }
    case 'ReplicaSet':
    case 'ReplicationController':
    case 'Deployment':
    case 'StatefulSet': {
      const replicas = number('replicas')
      // Only those that roll out say how many are up to date; the pods of the others have one template.
      const rollsOut = kind === 'Deployment' || kind === 'StatefulSet'
      return {
        replicas,
        updatedReplicas: rollsOut ? number('updatedReplicas') : replicas,
      }
    }
  }
}

function readStatefulSet(spec: RawField, status: RawField): WorkloadRecord['statefulSet'] {
  const strategy = spec.at('updateStrategy')
  return {
    updateStrategy: strategy.at('type').choice(['RollingUpdate', 'OnDelete']) ?? 'RollingUpdate',
    partition: strategy.at('rollingUpdate').at('partition').integer(0) ?? 0,
    isOrdered: spec.at('podManagementPolicy').text() !== 'Parallel',
    firstOrdinal: spec.at('ordinals').at('start').integer(0) ?? 0,
    currentRevision: status.at('currentRevision').text() ?? '',
    updateRevision: status.at('updateRevision').text() ?? '',
    claimTemplates: spec
      .at('volumeClaimTemplates')
      .items()
      .flatMap(template => template.at('metadata').at('name').need().text() ?? []),
  }
}
