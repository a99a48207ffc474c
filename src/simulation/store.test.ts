import { describe, expect, it } from 'vitest'
import type { ObjectStore, RawObject, StoreEvent, StoreResult } from './object-store.ts'
import { createRandom } from './random.ts'
import { createObjectStore } from './store.ts'

const START = Date.parse('2026-11-21T09:00:00.400Z')

function newStore(rememberedEvents?: number): ObjectStore {
  return createObjectStore({ now: () => START, random: createRandom(1), ...(rememberedEvents !== undefined && { rememberedEvents }) })
}

function pod(name: string, fields: { metadata?: object; spec?: object; status?: object } = {}): RawObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', ...fields.metadata },
    spec: fields.spec ?? {},
    ...(fields.status && { status: fields.status }),
  }
}

function done(result: StoreResult): RawObject {
  if (!result.ok) throw new Error(result.refusal.message)
  return result.object
}

function refusalOf(result: StoreResult): string {
  return result.ok ? 'accepted' : `${result.refusal.code} ${result.refusal.reason}: ${result.refusal.message}`
}

const BOUND = { nodeName: 'node-1', terminationGracePeriodSeconds: 20 }

describe('create', () => {
  it('fills in what only the server writes and freezes the result to the bottom', () => {
    const created = done(
      newStore().create('pods', pod('web-1', { metadata: { uid: 'mine', generation: 7, deletionTimestamp: '2026-01-01T00:00:00Z' } })),
    )
    expect(created.metadata).toMatchObject({
      name: 'web-1',
      generation: 1,
      creationTimestamp: '2026-11-21T09:00:00Z',
      resourceVersion: '1',
    })
    expect(created.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(created.metadata.deletionTimestamp).toBeUndefined()
    expect(Object.isFrozen(created.metadata) && Object.isFrozen(created['spec'])).toBe(true)
  })

  it('keeps no generation where upstream keeps none', () => {
    const created = done(newStore().create('leases', { ...pod('demo'), apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' }))
    expect(created.metadata.generation).toBeUndefined()
  })

  it('draws a free name from generateName, the same one for the same seed', () => {
    const draw = () => {
      const store = newStore()
      return [1, 2, 3].map(() => done(store.create('pods', pod('', { metadata: { generateName: 'web-' } }))).metadata.name)
    }
    expect(new Set(draw()).size).toBe(3)
    expect(draw()).toEqual(draw())
    expect(draw()[0]).toMatch(/^web-[b-z2-9]{5}$/)
  })

  it.each([
    ['a name that is taken', pod('taken'), '409 AlreadyExists: pods "taken" already exists'],
    ['no name', pod(''), '422 Invalid: Pod "" is invalid: metadata.name: Required value: name or generateName is required'],
    [
      'no namespace',
      pod('a', { metadata: { namespace: undefined } }),
      '422 Invalid: Pod "a" is invalid: metadata.namespace: Required value',
    ],
  ])('refuses %s', (_, object, expected) => {
    const store = newStore()
    done(store.create('pods', pod('taken')))
    expect(refusalOf(store.create('pods', object))).toBe(expected)
  })
})

describe('update', () => {
  function storeWith(object: RawObject): ObjectStore {
    const store = newStore()
    done(store.create('pods', object))
    return store
  }

  it('is no write when nothing changes, however the object is put together', () => {
    const store = storeWith(pod('a', { spec: { x: 1, y: [1, { z: 2 }] } }))
    const seen: StoreEvent[] = []
    store.subscribe(event => seen.push(event))
    const result = store.update('pods', 'shop', 'a', current => ({ ...current, extra: undefined, spec: { y: [1, { z: 2 }], x: 1 } }))
    expect(done(result).metadata.resourceVersion).toBe('1')
    expect(seen).toEqual([])
  })

  it('refuses a stale resourceVersion', () => {
    const store = storeWith(pod('a'))
    const stale = store.get('pods', 'shop', 'a')!
    done(store.update('pods', 'shop', 'a', current => ({ ...current, status: { phase: 'Running' } })))
    expect(refusalOf(store.update('pods', 'shop', 'a', () => ({ ...stale, status: { phase: 'Failed' } })))).toBe(
      '409 Conflict: Operation cannot be fulfilled on pods "a": the object has been modified; please apply your changes to the latest version and try again',
    )
  })

  it('refuses a write meant for an earlier pod of the same name', () => {
    const store = storeWith(pod('a'))
    const meant = pod('a', { metadata: { uid: 'of-the-first' } })
    expect(refusalOf(store.update('pods', 'shop', 'a', () => meant))).toContain('UID in precondition: of-the-first')
  })

  it('raises the generation when the spec changes, not for status, labels or a binding', () => {
    const store = storeWith(pod('a', { spec: { x: 1 } }))
    const generations = [
      (current: RawObject) => ({ ...current, status: { phase: 'Running' } }),
      (current: RawObject) => ({ ...current, metadata: { ...current.metadata, labels: { app: 'web' } } }),
      (current: RawObject) => ({ ...current, spec: { x: 1, nodeName: 'node-1' } }),
      (current: RawObject) => ({ ...current, spec: { x: 2, nodeName: 'node-1' } }),
    ].map(change => done(store.update('pods', 'shop', 'a', change)).metadata.generation)
    expect(generations).toEqual([1, 1, 1, 2])
  })

  it('cannot move an object or mark it as terminating', () => {
    const store = storeWith(pod('a'))
    const metadata = { name: 'b', namespace: 'other', deletionTimestamp: '2026-01-01T00:00:00Z', labels: { app: 'web' } }
    const updated = done(store.update('pods', 'shop', 'a', () => pod('b', { metadata })))
    expect(updated.metadata).toMatchObject({ name: 'a', namespace: 'shop', labels: { app: 'web' } })
    expect(updated.metadata.deletionTimestamp).toBeUndefined()
  })
})

describe('delete', () => {
  it.each([
    ['a bound pod', pod('a', { spec: BOUND }), {}, '2026-11-21T09:00:20Z'],
    ['a bound pod without a period of its own', pod('a', { spec: { nodeName: 'n' } }), {}, '2026-11-21T09:00:30Z'],
    ['a bound pod with a period in the request', pod('a', { spec: BOUND }), { gracePeriodSeconds: 5 }, '2026-11-21T09:00:05Z'],
    ['a bound pod with a negative period', pod('a', { spec: BOUND }), { gracePeriodSeconds: -3 }, '2026-11-21T09:00:01Z'],
    ['an unbound pod with a finalizer', pod('a', { metadata: { finalizers: ['x/y'] } }), {}, '2026-11-21T09:00:00Z'],
  ])('marks %s', (_, object, options, deletionTimestamp) => {
    const store = newStore()
    done(store.create('pods', object))
    const marked = done(store.delete('pods', 'shop', 'a', options))
    expect(marked.metadata).toMatchObject({ deletionTimestamp, generation: 2, resourceVersion: '2' })
    expect(store.get('pods', 'shop', 'a')).toBe(marked)
  })

  it.each([
    ['an unbound pod', pod('a')],
    ['a finished pod', pod('a', { spec: BOUND, status: { phase: 'Succeeded' } })],
  ])('takes %s out at once', (_, object) => {
    const store = newStore()
    done(store.create('pods', object))
    const seen: string[] = []
    store.subscribe(event => seen.push(`${event.type} ${event.resourceVersion} ${event.object.metadata.deletionGracePeriodSeconds}`))
    expect(done(store.delete('pods', 'shop', 'a')).metadata.resourceVersion).toBe('3')
    expect(seen).toEqual(['MODIFIED 2 0', 'DELETED 3 0'])
    expect(store.list('pods')).toEqual([])
  })

  it('may only shorten the grace of a terminating pod', () => {
    const store = newStore()
    done(store.create('pods', pod('a', { spec: BOUND })))
    const deletionTimes = [20, 40, 5, 10].map(
      gracePeriodSeconds => done(store.delete('pods', 'shop', 'a', { gracePeriodSeconds })).metadata.deletionTimestamp,
    )
    expect(deletionTimes).toEqual(['2026-11-21T09:00:20Z', '2026-11-21T09:00:20Z', '2026-11-21T09:00:05Z', '2026-11-21T09:00:05Z'])
  })

  it('lets the last finalizer take a stopped pod out', () => {
    const store = newStore()
    done(store.create('pods', pod('a', { spec: BOUND, metadata: { finalizers: ['x/y'] } })))
    done(store.delete('pods', 'shop', 'a'))
    done(store.remove('pods', 'shop', 'a'))
    expect(store.get('pods', 'shop', 'a')?.metadata.deletionGracePeriodSeconds).toBe(0)
    done(store.update('pods', 'shop', 'a', current => ({ ...current, metadata: { ...current.metadata, finalizers: [] } })))
    expect(store.get('pods', 'shop', 'a')).toBeUndefined()
  })

  it.each([
    [{ uid: 'other' }, 'the UID in the precondition (other) does not match the UID in record'],
    [{ resourceVersion: '9' }, 'the ResourceVersion in the precondition (9) does not match the ResourceVersion in record (1)'],
  ])('keeps to the precondition %j', (preconditions, why) => {
    const store = newStore()
    done(store.create('pods', pod('a')))
    expect(refusalOf(store.delete('pods', 'shop', 'a', { preconditions }))).toContain(
      `409 Conflict: Operation cannot be fulfilled on Pod "a": ${why}`,
    )
    expect(refusalOf(store.remove('pods', 'shop', 'a', 'other'))).toContain('409 Conflict')
  })
})

describe('lists', () => {
  it('are in the order of etcd keys and never change once handed out', () => {
    const store = newStore()
    for (const [namespace, name] of [
      ['b', 'x'],
      ['a', 'y'],
      ['a-b', 'z'],
      ['a', 'x'],
    ] as const) {
      done(store.create('pods', pod(name, { metadata: { namespace } })))
    }
    const before = store.list('pods')
    const keys = (objects: readonly RawObject[]) => objects.map(object => `${object.metadata.namespace}/${object.metadata.name}`)
    expect(keys(before)).toEqual(['a-b/z', 'a/x', 'a/y', 'b/x'])
    expect(keys(store.list('pods', 'a'))).toEqual(['a/x', 'a/y'])
    done(store.delete('pods', 'a', 'x'))
    expect(keys(before)).toEqual(['a-b/z', 'a/x', 'a/y', 'b/x'])
    expect(keys(store.list('pods'))).toEqual(['a-b/z', 'a/y', 'b/x'])
  })

  it('can be had as they were at any resourceVersion that is still remembered', () => {
    const store = newStore()
    const history = new Map([[0, store.list('pods')]])
    const keep = (result: StoreResult) => {
      done(result)
      history.set(store.resourceVersion, store.list('pods'))
    }
    keep(store.create('pods', pod('b')))
    keep(store.create('pods', pod('a')))
    keep(store.update('pods', 'shop', 'b', current => ({ ...current, spec: { x: 1 } })))
    keep(store.delete('pods', 'shop', 'a'))
    keep(store.create('pods', pod('a')))
    expect(new Map([...history.keys()].map(at => [at, store.listAt('pods', at)]))).toEqual(history)
    const latest = store.resourceVersion
    store.compact()
    expect(store.listAt('pods', latest)).toBeUndefined()
    expect(store.eventsSince('pods', latest)).toBeUndefined()
    expect(store.listAt('pods', store.resourceVersion)).toEqual(store.list('pods'))
  })

  it('forget the oldest events of a busy resource, not those of a quiet one', () => {
    const store = newStore(2)
    done(store.create('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } }))
    for (let i = 0; i < 6; i++) done(store.create('pods', pod(`p${i}`)))
    expect(store.eventsSince('pods', 1)).toBeUndefined()
    expect(store.eventsSince('pods', store.oldestResourceVersion('pods'))?.length).toBeGreaterThanOrEqual(2)
    expect(store.eventsSince('nodes', 0)).toHaveLength(1)
  })
})

describe('listeners', () => {
  it('hear of a pod that goes at once only when it is gone', () => {
    const store = newStore()
    done(store.create('pods', pod('a')))
    const present: boolean[] = []
    store.subscribe(() => present.push(store.get('pods', 'shop', 'a') !== undefined))
    done(store.delete('pods', 'shop', 'a'))
    expect(present).toEqual([false, false])
  })

  it('hear of a write made inside a listener after the event at hand, in the same order everywhere', () => {
    const store = newStore()
    const heard: string[] = []
    const listener = (who: string) => (event: StoreEvent) => heard.push(`${who} ${event.type} ${event.object.metadata.name}`)
    store.subscribe(event => {
      if (event.type === 'ADDED' && event.object.metadata.name === 'a') done(store.create('pods', pod('b')))
    })
    store.subscribe(listener('first'))
    const stop = store.subscribe(listener('second'))
    done(store.create('pods', pod('a')))
    stop()
    done(store.delete('pods', 'shop', 'a'))
    expect(heard).toEqual(['first ADDED a', 'second ADDED a', 'first ADDED b', 'second ADDED b', 'first MODIFIED a', 'first DELETED a'])
  })

  it('that throw keep nobody else from hearing, and the writer learns of it', () => {
    const store = newStore()
    const heard: string[] = []
    store.subscribe(() => {
      throw new Error('broken')
    })
    store.subscribe(event => heard.push(event.type))
    expect(() => store.create('pods', pod('a'))).toThrow('a listener of the object store failed')
    expect(heard).toEqual(['ADDED'])
  })
})
