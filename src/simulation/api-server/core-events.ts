import type { RawObject } from '../object-store.ts'

/** Field of a v1 Event, and what events.k8s.io/v1 calls it (pkg/apis/events/v1/conversion.go). The rest is called the same. */
const FIELD_NAMES: readonly (readonly [core: string, events: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
]
const TO_CORE = new Map(FIELD_NAMES.map(([core, events]) => [events, core]))
const FROM_CORE = new Map(FIELD_NAMES)

/** A stored events.k8s.io/v1 Event as a v1 Event. */
export function toCoreEvent(stored: RawObject): RawObject {
  return renamed(stored, 'v1', TO_CORE)
}

export function fromCoreEvent(received: RawObject): RawObject {
  return renamed(received, 'events.k8s.io/v1', FROM_CORE)
}

function renamed(event: RawObject, apiVersion: string, names: ReadonlyMap<string, string>): RawObject {
  const { kind, apiVersion: _, metadata, ...content } = event
  const fields = Object.entries(content).map(([name, value]) => [names.get(name) ?? name, value] as const)
  return { kind, apiVersion, metadata, ...Object.fromEntries(fields) }
}
