import { isRawObject } from '../cluster/raw-value.ts'
import { timestamp } from '../cluster/timestamp.ts'
import type { DeleteOptions, RawMetadata, RawObject } from './object-store.ts'

/** What a deletion does to an object: it is marked first (when there is something to mark), then stays and waits or goes. */
export interface Deletion {
  readonly marked: RawMetadata | undefined
  readonly gone: boolean
}

/**
 * rest.BeforeDelete and the generic registry's Delete: a bound pod is given its grace period, finalizers hold everything else. A pod is
 * marked even when it goes at once, so that a watch sees MODIFIED before DELETED, as it does upstream.
 * @param now milliseconds since the epoch
 */
export function deletionOf(object: RawObject, options: DeleteOptions, now: number): Deletion {
  const { metadata } = object
  const held = hasFinalizers(metadata)
  if (metadata.deletionTimestamp !== undefined) return deletionOfTerminating(metadata, metadata.deletionTimestamp, options)
  if (object.kind !== 'Pod' && !held) return { marked: undefined, gone: true }
  const grace = object.kind === 'Pod' ? podGrace(object, options) : 0
  const marked = {
    ...metadata,
    deletionTimestamp: timestamp(now + grace * 1000),
    deletionGracePeriodSeconds: grace,
    ...(metadata.generation !== undefined && { generation: metadata.generation + 1 }),
  }
  return { marked, gone: grace === 0 && !held }
}

/** Whether a terminating object has nothing left to wait for (ShouldDeleteDuringUpdate). */
export function nothingHolds(metadata: RawMetadata): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.deletionGracePeriodSeconds ?? 0) === 0 && !hasFinalizers(metadata)
}

/** A second deletion may only shorten the time that is left. */
function deletionOfTerminating(metadata: RawMetadata, deletionTimestamp: string, options: DeleteOptions): Deletion {
  const grace = metadata.deletionGracePeriodSeconds ?? 0
  if (grace === 0) return { marked: undefined, gone: !hasFinalizers(metadata) }
  const wanted = options.gracePeriodSeconds ?? grace
  if (wanted >= grace) return { marked: undefined, gone: false }
  const due = Date.parse(deletionTimestamp) - (grace - wanted) * 1000
  const marked = { ...metadata, deletionTimestamp: timestamp(due), deletionGracePeriodSeconds: wanted }
  return { marked, gone: wanted === 0 && !hasFinalizers(metadata) }
}

/** podStrategy.CheckGracefulDelete: without a kubelet to stop them, unbound and finished pods go at once. Seconds. */
function podGrace(pod: RawObject, options: DeleteOptions): number {
  const spec = isRawObject(pod['spec']) ? pod['spec'] : {}
  const status = isRawObject(pod['status']) ? pod['status'] : {}
  if (typeof spec['nodeName'] !== 'string' || spec['nodeName'] === '') return 0
  if (status['phase'] === 'Succeeded' || status['phase'] === 'Failed') return 0
  const ofSpec = typeof spec['terminationGracePeriodSeconds'] === 'number' ? spec['terminationGracePeriodSeconds'] : 30
  const grace = options.gracePeriodSeconds ?? ofSpec
  // A negative period means "as soon as possible, but gracefully".
  return grace < 0 ? 1 : grace
}

function hasFinalizers(metadata: RawMetadata): boolean {
  return (metadata.finalizers?.length ?? 0) > 0
}
