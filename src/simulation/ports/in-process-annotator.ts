import { costChange } from '../../cluster/deletion-cost.ts'
import type { AnnotationOutcome, Annotator, Clock, DeletionCostRequest } from '../../rebalancing/ports.ts'
import type { ObjectStore, RawObject } from '../object-store.ts'
import { isTerminating } from '../pod-facts.ts'
import type { Random } from '../random.ts'
import { createWay, type WayConditions } from './way.ts'

/** Writes deletion costs straight into the store behind the embedded API server. */
export function createInProcessAnnotator(store: ObjectStore, clock: Clock, random: Random, conditions: WayConditions): Annotator {
  const way = createWay(clock, random, conditions)
  return { setDeletionCost: (request, signal) => way(() => write(store, request), signal) }
}

function write(store: ObjectStore, { namespace, pod: name, uid, cost }: DeletionCostRequest): AnnotationOutcome {
  const pod = store.get('pods', namespace, name)
  if (pod?.metadata.uid !== uid || isTerminating(pod)) return { kind: 'Gone' }
  const change = costChange(new Map(Object.entries(pod.metadata.annotations ?? {})), cost)
  if (change.kind !== 'write') return { kind: change.kind === 'foreign' ? 'Foreign' : 'Unchanged' }
  const result = store.update('pods', namespace, name, current => annotated(current, change.annotations))
  return result.ok ? { kind: 'Written' } : { kind: 'Invalid', message: result.refusal.message }
}

/** As a merge patch does it. */
function annotated(object: RawObject, changes: Readonly<Record<string, string | null>>): RawObject {
  const annotations = { ...object.metadata.annotations, ...changes }
  const kept = Object.entries(annotations).filter((entry): entry is [string, string] => entry[1] !== null)
  return { ...object, metadata: { ...object.metadata, annotations: Object.fromEntries(kept) } }
}
