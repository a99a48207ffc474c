import type { RawObject } from '../object-store.ts'
import { valueAt } from './field-path.ts'
import { age } from './human-duration.ts'
import { podStatusCells } from './pod-status-cells.ts'
import type { ServedType } from './served-types.ts'

export interface TableColumn {
  readonly name: string
  readonly kind: 'string' | 'integer'
  /** Shown by `-o wide` alone. */
  readonly wide?: boolean
  /** @param now milliseconds since the epoch */
  readonly cell: (object: RawObject, now: number) => string | number
}

const NAME = text('Name', 'metadata.name')
const AGE: TableColumn = { name: 'Age', kind: 'string', cell: (object, now) => age(object.metadata.creationTimestamp, now) }

/** The columns of pkg/printers/internalversion for the types people look at most. */
const COLUMNS: Readonly<Record<string, readonly TableColumn[]>> = {
  pods: [
    NAME,
    computed('Ready', pod => podStatusCells(pod).ready),
    computed('Status', pod => podStatusCells(pod).status),
    computed('Restarts', pod => podStatusCells(pod).restarts),
    AGE,
    wide(text('IP', 'status.podIP', '<none>')),
    wide(text('Node', 'spec.nodeName', '<none>')),
    wide(text('Nominated Node', 'status.nominatedNodeName', '<none>')),
  ],
  nodes: [NAME, computed('Status', nodeStatus), computed('Roles', nodeRoles), AGE, text('Version', 'status.nodeInfo.kubeletVersion')],
  namespaces: [NAME, text('Status', 'status.phase'), AGE],
  deployments: [
    NAME,
    computed('Ready', readyOf),
    number('Up-to-date', 'status.updatedReplicas'),
    number('Available', 'status.availableReplicas'),
    AGE,
  ],
  replicasets: [
    NAME,
    number('Desired', 'spec.replicas'),
    number('Current', 'status.replicas'),
    number('Ready', 'status.readyReplicas'),
    AGE,
  ],
  statefulsets: [NAME, computed('Ready', readyOf), AGE],
  poddisruptionbudgets: [
    NAME,
    text('Min available', 'spec.minAvailable', 'N/A'),
    text('Max unavailable', 'spec.maxUnavailable', 'N/A'),
    number('Allowed disruptions', 'status.disruptionsAllowed'),
    AGE,
  ],
  leases: [NAME, text('Holder', 'spec.holderIdentity'), AGE],
}

const CORE_EVENT: readonly TableColumn[] = [
  { name: 'Last Seen', kind: 'string', cell: (event, now) => age(lastSeen(event), now) },
  text('Type', 'type'),
  text('Reason', 'reason'),
  computed('Object', event => `${field(event, 'involvedObject.kind').toLowerCase()}/${field(event, 'involvedObject.name')}`),
  text('Message', 'message'),
  wide(text('Name', 'metadata.name')),
]
const EVENT: readonly TableColumn[] = [
  { name: 'Last Seen', kind: 'string', cell: (event, now) => age(lastSeen(event), now) },
  text('Type', 'type'),
  text('Reason', 'reason'),
  computed('Object', event => `${field(event, 'regarding.kind').toLowerCase()}/${field(event, 'regarding.name')}`),
  text('Message', 'note'),
  wide(text('Name', 'metadata.name')),
]

/** Everything else has its name and when it was created, as upstream's default table. */
const OTHER: readonly TableColumn[] = [
  NAME,
  { name: 'Created At', kind: 'string', cell: object => object.metadata.creationTimestamp ?? '' },
]

export function columnsOf(type: ServedType): readonly TableColumn[] {
  if (type.resource === 'events') return type.group === '' ? CORE_EVENT : EVENT
  return COLUMNS[type.resource] ?? OTHER
}

function computed(name: string, cell: (object: RawObject) => string): TableColumn {
  return { name, kind: 'string', cell }
}

function text(name: string, path: string, absent = ''): TableColumn {
  return computed(name, object => field(object, path) || absent)
}

function number(name: string, path: string): TableColumn {
  return { name, kind: 'integer', cell: object => Number(field(object, path)) }
}

function wide(column: TableColumn): TableColumn {
  return { ...column, wide: true }
}

function field(object: RawObject, path: string): string {
  const value = valueAt(object, path)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function readyOf(workload: RawObject): string {
  return `${field(workload, 'status.readyReplicas') || 0}/${field(workload, 'spec.replicas') || 0}`
}

function nodeStatus(node: RawObject): string {
  const conditions = valueAt(node, 'status.conditions')
  const ready: unknown = Array.isArray(conditions) ? conditions.find(condition => valueAt(condition, 'type') === 'Ready') : undefined
  const readiness = ready === undefined ? 'Unknown' : valueAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady'
  return valueAt(node, 'spec.unschedulable') === true ? `${readiness},SchedulingDisabled` : readiness
}

function nodeRoles(node: RawObject): string {
  const prefix = 'node-role.kubernetes.io/'
  const roles = Object.keys(node.metadata.labels ?? {}).filter(label => label.startsWith(prefix))
  return roles.map(label => label.slice(prefix.length)).join(',') || '<none>'
}

function lastSeen(event: RawObject): string {
  const times = ['series.lastObservedTime', 'lastTimestamp', 'deprecatedLastTimestamp', 'eventTime', 'metadata.creationTimestamp']
  return times.map(path => field(event, path)).find(time => time !== '') ?? ''
}
