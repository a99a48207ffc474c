import { isRawObject } from '../../cluster/raw-value.ts'
import type { RawObject } from '../object-store.ts'

interface PodStatusCells {
  readonly ready: string
  readonly status: string
  readonly restarts: string
}

/** What kubectl get says of a pod (printPod in pkg/printers/internalversion, without init containers and exit codes). */
export function podStatusCells(pod: RawObject): PodStatusCells {
  const spec = isRawObject(pod['spec']) ? pod['spec'] : {}
  const status = isRawObject(pod['status']) ? pod['status'] : {}
  const containers = objects(status['containerStatuses'])
  const ready = containers.filter(container => container['ready'] === true).length
  const restarts = containers.reduce((sum, { restartCount }) => sum + (typeof restartCount === 'number' ? restartCount : 0), 0)
  return { ready: `${ready}/${objects(spec['containers']).length}`, status: statusOf(pod, status, containers), restarts: String(restarts) }
}

function statusOf(
  pod: RawObject,
  status: Readonly<Record<string, unknown>>,
  containers: readonly Readonly<Record<string, unknown>>[],
): string {
  if (pod.metadata.deletionTimestamp !== undefined) return status['reason'] === 'NodeLost' ? 'Unknown' : 'Terminating'
  for (const { state } of containers) {
    const waiting = isRawObject(state) ? state['waiting'] : undefined
    if (isRawObject(waiting) && typeof waiting['reason'] === 'string') return waiting['reason']
  }
  if (typeof status['reason'] === 'string' && status['reason'] !== '') return status['reason']
  return typeof status['phase'] === 'string' ? status['phase'] : 'Unknown'
}

function objects(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRawObject) : []
}
