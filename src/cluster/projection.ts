import type { Metadata } from './project-metadata.ts'
import { createReaders, type RawObject } from './project-object.ts'
import { projectBudget } from './project-budget.ts'
import { projectNode } from './project-node.ts'
import { projectNamespace } from './project-namespace.ts'
import { projectAutoscaler, projectPriorityClass, projectResourceClaim, projectService } from './project-others.ts'
import { projectPod } from './project-pod.ts'
import {
  projectCsiDriver,
  projectCsiNode,
  projectCsiStorageCapacity,
  projectStorageClass,
  projectVolumeAttachment,
} from './project-storage.ts'
import { projectPersistentVolume, projectPersistentVolumeClaim } from './project-volume.ts'
import { projectWorkload } from './project-workload.ts'
import { RawField } from './raw-field.ts'
import { isRawObject, shown } from './raw-value.ts'
import type { ClusterRecord, RecordKind, Warning } from './records.ts'

/** One raw object read: its record, or why it was left alone, and what was odd about it. */
export interface Projected {
  /** Undefined for a kind that respread does not know. */
  readonly kind: RecordKind | undefined
  readonly record: ClusterRecord | undefined
  readonly warnings: readonly Warning[]
}

/** Reads raw objects into records. Never throws: what cannot be read becomes a warning. Equal parts of its records are shared. */
export interface Projector {
  /**
   * By the object's own apiVersion and kind; of a kind that respread does not know there is no record and no warning. Where they cannot be told,
   * or are those of a version that is not read, there is a warning.
   */
  project(raw: unknown): Projected
  /** An item of a list that the API server sends, which carries neither. */
  projectAs(kind: RecordKind, raw: unknown): Projected
}

interface KindReader {
  /** API versions, or with a trailing `/` every version of a group. */
  readonly apiVersions: readonly string[]
  readonly namespaced: boolean
  readonly read: (object: RawObject) => ClusterRecord
}

const KINDS: Readonly<Record<RecordKind, KindReader>> = {
  Pod: { apiVersions: ['v1'], namespaced: true, read: projectPod },
  Node: { apiVersions: ['v1'], namespaced: false, read: projectNode },
  Namespace: { apiVersions: ['v1'], namespaced: false, read: projectNamespace },
  Service: { apiVersions: ['v1'], namespaced: true, read: projectService },
  PersistentVolume: { apiVersions: ['v1'], namespaced: false, read: projectPersistentVolume },
  PersistentVolumeClaim: { apiVersions: ['v1'], namespaced: true, read: projectPersistentVolumeClaim },
  ReplicationController: { apiVersions: ['v1'], namespaced: true, read: projectWorkload('ReplicationController') },
  ReplicaSet: { apiVersions: ['apps/v1'], namespaced: true, read: projectWorkload('ReplicaSet') },
  Deployment: { apiVersions: ['apps/v1'], namespaced: true, read: projectWorkload('Deployment') },
  StatefulSet: { apiVersions: ['apps/v1'], namespaced: true, read: projectWorkload('StatefulSet') },
  DaemonSet: { apiVersions: ['apps/v1'], namespaced: true, read: projectWorkload('DaemonSet') },
  Job: { apiVersions: ['batch/v1'], namespaced: true, read: projectWorkload('Job') },
  PodDisruptionBudget: { apiVersions: ['policy/v1'], namespaced: true, read: projectBudget },
  StorageClass: { apiVersions: ['storage.k8s.io/v1'], namespaced: false, read: projectStorageClass },
  CSINode: { apiVersions: ['storage.k8s.io/v1'], namespaced: false, read: projectCsiNode },
  CSIDriver: { apiVersions: ['storage.k8s.io/v1'], namespaced: false, read: projectCsiDriver },
  VolumeAttachment: { apiVersions: ['storage.k8s.io/v1'], namespaced: false, read: projectVolumeAttachment },
  CSIStorageCapacity: { apiVersions: ['storage.k8s.io/v1'], namespaced: true, read: projectCsiStorageCapacity },
  PriorityClass: { apiVersions: ['scheduling.k8s.io/v1'], namespaced: false, read: projectPriorityClass },
  HorizontalPodAutoscaler: { apiVersions: ['autoscaling/v1', 'autoscaling/v2'], namespaced: true, read: projectAutoscaler },
  ResourceClaim: { apiVersions: ['resource.k8s.io/'], namespaced: true, read: projectResourceClaim },
}

const NO_WARNINGS: readonly Warning[] = []
const UNKNOWN_KIND: Projected = { kind: undefined, record: undefined, warnings: NO_WARNINGS }

export function createProjector(): Projector {
  const readers = createReaders()

  function read(kind: RecordKind, raw: unknown): Projected {
    const problems = new Set<string>()
    const root = new RawField(raw, problems)
    const metadata = readers.metadata(root.at('metadata'))
    if (metadata === undefined) return leftOut(kind, '', problems)
    const { read } = KINDS[kind]
    const key = keyOf(kind, metadata)
    if (kind === 'Pod' && metadata.uid === '') return leftOut(kind, key, new Set([...problems, 'metadata.uid: is missing']))
    const record = read({ root, metadata, readers, problems })
    const warnings = problems.size === 0 ? NO_WARNINGS : Array.from(problems, problem => ({ kind, key, problem }))
    return { kind, record, warnings }
  }

  function projectAs(kind: RecordKind, raw: unknown): Projected {
    try {
      return read(kind, raw)
    } catch (error) {
      // Objects nested beyond the stack are the one thing that reading cannot step around.
      if (!(error instanceof RangeError)) throw error
      return leftOut(kind, '', ['is nested too deeply to be read'])
    }
  }

  return {
    projectAs,
    project: raw => {
      if (!isRawObject(raw)) return leftOut(undefined, '', [`${shown(raw)} is not an object`])
      const problems = new Set<string>()
      const root = new RawField(raw, problems)
      const kind = root.at('kind').need().text()
      if (kind === undefined) return leftOut(undefined, '', problems)
      if (!isRecordKind(kind)) return UNKNOWN_KIND
      const apiVersion = root.at('apiVersion').need().text()
      if (apiVersion !== undefined) {
        if (isRead(kind, apiVersion)) return projectAs(kind, raw)
        // Other groups have kinds of the same name, such as Knative its Service.
        if (!isOfGroup(kind, apiVersion)) return UNKNOWN_KIND
        root.at('apiVersion').refuse(`is not read; legal is ${KINDS[kind].apiVersions.join(', ')}`)
      }
      const metadata = readers.metadata(root.at('metadata'))
      return leftOut(kind, metadata === undefined ? '' : keyOf(kind, metadata), problems)
    },
  }
}

function keyOf(kind: RecordKind, { namespace, name }: Metadata): string {
  return KINDS[kind].namespaced ? `${namespace}/${name}` : name
}

function isRead(kind: RecordKind, apiVersion: string): boolean {
  return KINDS[kind].apiVersions.some(version => (version.endsWith('/') ? apiVersion.startsWith(version) : apiVersion === version))
}

function isOfGroup(kind: RecordKind, apiVersion: string): boolean {
  return KINDS[kind].apiVersions.some(version => groupOf(version) === groupOf(apiVersion))
}

/** The core group, which is written without a slash, is ''. */
function groupOf(apiVersion: string): string {
  return apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')))
}

export function isRecordKind(kind: string): kind is RecordKind {
  return Object.hasOwn(KINDS, kind)
}

function leftOut(kind: RecordKind | undefined, key: string, problems: Iterable<string>): Projected {
  const warnings = Array.from(problems, problem => ({ kind: kind ?? '', key, problem: `${problem}; the object is left out` }))
  return { kind, record: undefined, warnings }
}
