import { costChange } from '../cluster/deletion-cost.ts'
import { isRawObject } from '../cluster/raw-value.ts'
import type { AnnotationOutcome, Annotator, Clock, DeletionCostRequest } from '../rebalancing/ports.ts'
import type { ApiResponse } from './api-error.ts'
import { fieldsOf, textOf } from './json.ts'
import { isPodGone, notSent, refusalOf } from './refusal.ts'
import type { Transport } from './transport.ts'
import { createWriteQueue } from './write-queue.ts'

export interface AnnotatorOptions {
  readonly clock: Clock
  /** Asked at the last moment before a pod is written on. */
  readonly mayAct: () => boolean
  /** Pods looked at in any second; far fewer are written on. */
  readonly perSecond?: number
  readonly concurrency?: number
}

const FIELD_MANAGER = 'respread'
const DEADLINE_MS = 10_000

/**
 * Writes deletion costs, each on the pod as it is now: read first, and then patched with the version that was read, so that a cost which somebody
 * else sets in between is not lost, nor taken for ours. The annotations are all that the patch names.
 */
export function createAnnotator(transport: Transport, options: AnnotatorOptions): Annotator & { drain(): Promise<void> } {
  const { clock, mayAct, perSecond = 10, concurrency = 4 } = options
  const queue = createWriteQueue({ perSecond, concurrency })

  const unsuccessful = (method: 'GET' | 'PATCH', path: string, response: ApiResponse): AnnotationOutcome =>
    isPodGone(response) ? { kind: 'Gone' } : refusalOf(method, path, response, clock.now())

  const send = async ({ namespace, pod, uid, cost }: DeletionCostRequest, signal: AbortSignal): Promise<AnnotationOutcome> => {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}`
    const call = { deadlineMs: DEADLINE_MS, signal }
    if (!mayAct()) return notSent('this process may no longer act')
    const read = await transport.request('GET', path, call)
    if (read.status !== 200) return unsuccessful('GET', path, read)
    const metadata = fieldsOf(fieldsOf(JSON.parse(read.body))['metadata'])
    if (metadata['uid'] !== uid || metadata['deletionTimestamp'] !== undefined) return { kind: 'Gone' }
    const change = costChange(textsIn(metadata['annotations']), cost)
    if (change.kind !== 'write') return { kind: change.kind === 'foreign' ? 'Foreign' : 'Unchanged' }
    if (!mayAct()) return notSent('this process may no longer act')
    const patch = { metadata: { uid, resourceVersion: textOf(metadata['resourceVersion']), annotations: change.annotations } }
    const target = `${path}?fieldManager=${FIELD_MANAGER}`
    const written = await transport.request('PATCH', target, { ...call, body: patch, contentType: 'application/merge-patch+json' })
    return written.status === 200 ? { kind: 'Written' } : unsuccessful('PATCH', path, written)
  }

  return {
    setDeletionCost: (request, signal) => queue.turn(() => send(request, signal), { signal }),
    drain: () => queue.drain(),
  }
}

function textsIn(annotations: unknown): ReadonlyMap<string, string> {
  return new Map(isRawObject(annotations) ? Object.entries(annotations).map(([key, value]) => [key, textOf(value)]) : [])
}
