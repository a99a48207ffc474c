import type { ObjectStore, RawObject } from '../../src/simulation/object-store.ts'
import { createRandom } from '../../src/simulation/random.ts'
import { createObjectStore } from '../../src/simulation/store.ts'
import { EXCHANGES, type Fields } from './exchanges.ts'

/** When the recording was made. */
export const RECORDED_AT = Date.parse('2026-11-21T09:52:26Z')

/** How many pods there were in the namespace when the first page was asked for. */
const PODS = 74

/** A store with the objects that the recorded answers show, and what the controllers of that cluster did meanwhile, step by step. */
export interface RecordedScene {
  readonly store: ObjectStore
  /** The owner of the evicted pod makes a new one, which is bound. */
  replaceEvicted(): void
  /** The evicted pod stops and the new one runs. */
  finishEviction(): void
  /** The budget that was changed is changed back, and its controller takes note. */
  restoreBudget(): void
  /** Something that nobody looks at is written, as all the time in a cluster. */
  writeElsewhere(): void
}

export function createRecordedScene(): RecordedScene {
  const store = createObjectStore({ now: () => RECORDED_AT, random: createRandom(1) })
  const add = (resource: string, object: RawObject): void => {
    const result = store.create(resource, object)
    if (!result.ok) throw new Error(result.refusal.message)
  }
  const change = (resource: string, name: string, how: (current: RawObject) => RawObject): void => {
    const result = store.update(resource, 'shop', name, how)
    if (!result.ok) throw new Error(result.refusal.message)
  }

  for (const name of ['default', 'shop']) add('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  const pods = EXCHANGES.filter(({ note }) => note.startsWith('list') || note === 'get by label')
    .flatMap(({ response }) => listOf(response.body))
    .filter(item => isFields(item['spec']) && 'containers' in item['spec'])
  const byName = new Map(pods.map(pod => [(pod['metadata'] as Fields)['name'], pod]))
  for (const pod of byName.values()) add('pods', { apiVersion: 'v1', kind: 'Pod', ...pod } as RawObject)
  for (let at = byName.size; at < PODS; at++) {
    const metadata = { name: `worker-${String(at)}`, namespace: 'shop', labels: { app: 'worker' } }
    add('pods', { apiVersion: 'v1', kind: 'Pod', metadata, spec: {}, status: { phase: 'Running' } })
  }

  for (const { type, object } of noted('streaming list').events ?? [])
    if (type === 'ADDED') add('poddisruptionbudgets', object as RawObject)
  setMaxUnavailable(change, 2)
  setMaxUnavailable(change, 1)
  const { status } = noted('bump a budget').body as Fields
  change('poddisruptionbudgets', 'web', budget => ({ ...budget, status }))
  store.compact()

  const [, , created, bound, , , running] = (noted('watch from a resourceVersion while').events ?? []).map(
    ({ object }) => object as RawObject,
  )
  if (created === undefined || bound === undefined || running === undefined) throw new Error('the recorded watch shows no replacement')
  const become = (shown: RawObject): void =>
    change('pods', shown.metadata.name, pod => ({
      ...pod,
      ...shown,
      metadata: { ...pod.metadata, ...(shown.metadata.labels && { labels: shown.metadata.labels }) },
    }))

  return {
    store,
    replaceEvicted() {
      add('pods', created)
      become(bound)
    },
    finishEviction() {
      for (const pod of store.list('pods', 'shop')) {
        if (pod.metadata.deletionTimestamp !== undefined) store.remove('pods', 'shop', pod.metadata.name)
      }
      become(running)
    },
    restoreBudget() {
      setMaxUnavailable(change, 1)
      const budget = noted('streaming list').events?.find(({ object }) => (object['metadata'] as Fields)['name'] === 'web')
      change('poddisruptionbudgets', 'web', current => ({ ...current, status: budget?.object['status'] }))
    },
    writeElsewhere: () => add('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'elsewhere' } }),
  }
}

function setMaxUnavailable(change: (resource: string, name: string, how: (current: RawObject) => RawObject) => void, value: number): void {
  change('poddisruptionbudgets', 'web', budget => ({ ...budget, spec: { ...(budget['spec'] as Fields), maxUnavailable: value } }))
}

function noted(note: string): (typeof EXCHANGES)[number]['response'] {
  const found = EXCHANGES.find(exchange => exchange.note.startsWith(note))
  if (found === undefined) throw new Error(`no exchange is noted "${note}..."`)
  return found.response
}

function listOf(body: unknown): readonly Fields[] {
  return isFields(body) && Array.isArray(body['items']) ? (body['items'] as readonly Fields[]) : []
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
