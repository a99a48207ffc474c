import { isRawObject } from '../../cluster/raw-value.ts'
import type { RawObject } from '../object-store.ts'
import { valueAt } from './field-path.ts'
import { age } from './human-duration.ts'
import { podStatusCells } from './pod-status-cells.ts'
import type { ServedType } from './served-types.ts'
import { AGE, computed, field, joined, NAME, number, numberAsText, text, wide, type TableColumn } from './table-column.ts'
import { writtenSelector } from './written-selector.ts'

const TEMPLATE: readonly TableColumn[] = [
  wide(computed('Containers', workload => joined(workload, 'spec.template.spec.containers', 'name'))),
  wide(computed('Images', workload => joined(workload, 'spec.template.spec.containers', 'image'))),
]
const SELECTOR = wide(computed('Selector', object => writtenSelector(valueAt(object, 'spec.selector')) || '<none>'))

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
    wide(text('Readiness Gates', '', '<none>')),
  ],
  nodes: [
    NAME,
    computed('Status', nodeStatus),
    computed('Roles', nodeRoles),
    AGE,
    text('Version', 'status.nodeInfo.kubeletVersion'),
    wide(computed('Internal-IP', node => addressOf(node, 'InternalIP'))),
    wide(computed('External-IP', node => addressOf(node, 'ExternalIP'))),
    wide(text('OS-Image', 'status.nodeInfo.osImage', '<unknown>')),
    wide(text('Kernel-Version', 'status.nodeInfo.kernelVersion', '<unknown>')),
    wide(text('Container-Runtime', 'status.nodeInfo.containerRuntimeVersion', '<unknown>')),
  ],
  namespaces: [NAME, text('Status', 'status.phase'), AGE],
  services: [
    NAME,
    text('Type', 'spec.type', 'ClusterIP'),
    text('Cluster-IP', 'spec.clusterIP', '<none>'),
    text('External-IP', '', '<none>'),
    computed('Port(s)', servicePorts),
    AGE,
    SELECTOR,
  ],
  configmaps: [NAME, { name: 'Data', kind: 'string', cell: ({ data }) => (isRawObject(data) ? Object.keys(data).length : 0) }, AGE],
  deployments: [
    NAME,
    computed('Ready', readyOf),
    numberAsText('Up-to-date', 'status.updatedReplicas'),
    numberAsText('Available', 'status.availableReplicas'),
    AGE,
    ...TEMPLATE,
    SELECTOR,
  ],
  replicasets: [
    NAME,
    number('Desired', 'spec.replicas'),
    number('Current', 'status.replicas'),
    number('Ready', 'status.readyReplicas'),
    AGE,
    ...TEMPLATE,
    SELECTOR,
  ],
  statefulsets: [NAME, computed('Ready', readyOf), AGE, ...TEMPLATE],
  daemonsets: [
    NAME,
    number('Desired', 'status.desiredNumberScheduled'),
    number('Current', 'status.currentNumberScheduled'),
    number('Ready', 'status.numberReady'),
    number('Up-to-date', 'status.updatedNumberScheduled'),
    number('Available', 'status.numberAvailable'),
    computed('Node Selector', set => writtenSelector(valueAt(set, 'spec.template.spec.nodeSelector')) || '<none>'),
    AGE,
    ...TEMPLATE,
    SELECTOR,
  ],
  poddisruptionbudgets: [
    NAME,
    text('Min Available', 'spec.minAvailable', 'N/A'),
    text('Max Unavailable', 'spec.maxUnavailable', 'N/A'),
    number('Allowed Disruptions', 'status.disruptionsAllowed'),
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

export function columnsOf(type: ServedType): readonly TableColumn[] {
  if (type.resource === 'events') return type.group === '' ? CORE_EVENT : EVENT
  return COLUMNS[type.resource] ?? [NAME, AGE]
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

function addressOf(node: RawObject, type: string): string {
  const addresses = valueAt(node, 'status.addresses')
  const found: unknown = Array.isArray(addresses) ? addresses.find(address => valueAt(address, 'type') === type) : undefined
  return field(found, 'address') || '<none>'
}

function servicePorts(service: RawObject): string {
  const ports = valueAt(service, 'spec.ports')
  const texts = Array.isArray(ports) ? ports.map(port => `${field(port, 'port')}/${field(port, 'protocol') || 'TCP'}`) : []
  return texts.join(',') || '<none>'
}

function lastSeen(event: RawObject): string {
  const times = ['series.lastObservedTime', 'lastTimestamp', 'deprecatedLastTimestamp', 'eventTime', 'metadata.creationTimestamp']
  return times.map(path => field(event, path)).find(time => time !== '') ?? ''
}
