import { expect } from 'vitest'
import type { Call, Fields, Reply, Send } from './exchanges.ts'

/** A server to check, with a namespace in which the apps cart, frozen, twice and web run (see scene.ts). */
export interface Subject {
  readonly send: Send
  readonly namespace: string
  /** Lets the cluster replace what was evicted, until the replacement runs and the old pod is gone. */
  readonly settle: () => Promise<void>
}

export interface Check {
  readonly title: string
  readonly run: (subject: Subject) => Promise<void>
}

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/default/leases'
const NO_SUCH_UID = '00000000-0000-0000-0000-000000000000'
/** How often it is tried to be faster than the controller of a budget. */
const RACES = 30
const REFUSED = "Cannot evict pod as it would violate the pod's disruption budget."

/**
 * What respread relies on when it talks to an API server. Each check asks only what was asked of the real one when its answers were
 * recorded, so that the same checks run against the recording, the embedded server and any cluster.
 */
export const CHECKS: readonly Check[] = [
  {
    title: 'lists in pages that show one moment',
    async run({ send, namespace }) {
      const pods = `/api/v1/namespaces/${namespace}/pods?limit=2`
      const first = listOf(await get(send, pods))
      const second = listOf(await get(send, `${pods}&continue=${first.continueToken}`))
      expect(first.items).toHaveLength(2)
      expect(second.items).toHaveLength(2)
      expect(second.resourceVersion).toBe(first.resourceVersion)
      expect(second.remaining).toBe((first.remaining ?? 0) - 2)
      const names = [...first.items, ...second.items].map(nameOf)
      expect(names).toEqual([...new Set(names)].sort())
      expect(first.items[0]).not.toHaveProperty('kind')
    },
  },
  {
    title: 'refuses a continue token that is none',
    async run({ send, namespace }) {
      const reply = await get(send, `/api/v1/namespaces/${namespace}/pods?limit=2&continue=abc`)
      expectFailure(reply, 400, 'BadRequest', /^invalid continue token: continue key is not valid/)
    },
  },
  {
    title: 'selects by labels and fields, and then does not say how many remain',
    async run({ send, namespace }) {
      const selectors =
        'labelSelector=app%20in%20(web)%2Cpod-template-hash&fieldSelector=status.phase!%3DSucceeded%2Cstatus.phase!%3DFailed'
      const list = listOf(await get(send, `/api/v1/namespaces/${namespace}/pods?${selectors}&limit=1`))
      expect(list.items.map(labelsOf)).toEqual([expect.objectContaining({ app: 'web' })])
      expect(list.continueToken).not.toBe('')
      expect(list.remaining).toBeUndefined()
    },
  },
  {
    title: 'refuses a field it cannot select by',
    async run({ send, namespace }) {
      const reply = await get(send, `/api/v1/namespaces/${namespace}/pods?fieldSelector=spec.priority%3D1`)
      expectFailure(reply, 400, 'BadRequest', /^field label not supported: spec.priority$/)
    },
  },
  {
    title: 'says how many budgets remain when there is no selector',
    async run({ send, namespace }) {
      const list = listOf(await get(send, `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets?limit=1`))
      expect(list.items).toHaveLength(1)
      expect(list.remaining).toBeGreaterThan(0)
    },
  },
  { title: 'evicts a pod once, and its watch tells the story', run: evictAndWatch },
  {
    title: 'refuses an eviction that the budget does not allow, without a time to come back',
    async run({ send, namespace }) {
      const { name } = await podOf(send, namespace, 'frozen')
      const reply = await evict(send, namespace, name)
      expectFailure(reply, 429, 'TooManyRequests', REFUSED)
      expect(causesOf(reply)).toEqual([
        {
          reason: 'DisruptionBudget',
          message: expect.stringMatching(/^The disruption budget frozen needs \d+ healthy pods and has \d+ currently$/),
        },
      ])
      expect(reply.headers['retry-after']).toBeUndefined()
    },
  },
  {
    title: 'refuses an eviction under two budgets with a 500',
    async run({ send, namespace }) {
      const { name } = await podOf(send, namespace, 'twice')
      const reply = await evict(send, namespace, name)
      expectFailure(reply, 500, undefined, /^This pod has more than one PodDisruptionBudget/)
    },
  },
  {
    title: 'knows no pod that is not there',
    async run({ send, namespace }) {
      const reply = await evict(send, namespace, 'no-such-pod')
      expectFailure(reply, 404, 'NotFound', 'pods "no-such-pod" not found')
      expect((reply.body as Fields)['details']).toEqual({ name: 'no-such-pod', kind: 'pods' })
    },
  },
  { title: 'refuses an eviction while the controller of the budget is behind, and says when to come back', run: evictAheadOfController },
  { title: 'ends a watch from too long ago with an ERROR event, unless it still knows all that happened', run: watchFromTheBeginning },
  {
    title: 'streams a list and marks where it ends',
    async run({ send, namespace }) {
      const initial = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
      const reply = await get(send, `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets?watch=1&${initial}&timeoutSeconds=3`)
      const types = (reply.events ?? []).map(({ type }) => type)
      const end = types.indexOf('BOOKMARK')
      expect(new Set(types.slice(0, end))).toEqual(new Set(['ADDED']))
      expect(reply.events?.[end]?.object['metadata']).toMatchObject({ annotations: { 'k8s.io/initial-events-end': 'true' } })
    },
  },
  {
    title: 'does not know the future',
    async run({ send, namespace }) {
      const reply = await get(send, `/api/v1/namespaces/${namespace}/pods?resourceVersion=999999999&limit=1`)
      expectFailure(reply, 504, 'Timeout', /^Timeout: Too large resource version: 999999999, current: \d+$/)
      expect(causesOf(reply)).toEqual([{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }])
      expect(reply.headers['retry-after']).toBe('1')
    },
  },
  { title: 'keeps a lease', run: keepLease },
  {
    title: 'names an event',
    async run({ send, namespace }) {
      const { name, uid } = await podOf(send, namespace, 'web')
      const reply = await send({
        method: 'POST',
        path: `/apis/events.k8s.io/v1/namespaces/${namespace}/events`,
        contentType: 'application/json',
        body: {
          apiVersion: 'events.k8s.io/v1',
          kind: 'Event',
          metadata: { generateName: 'web-', namespace },
          eventTime: '2026-11-21T00:00:00.000000Z',
          reportingController: 'respread.io/controller',
          reportingInstance: 'respread-0',
          action: 'Evict',
          reason: 'Respread',
          note: 'moved',
          type: 'Normal',
          regarding: { apiVersion: 'v1', kind: 'Pod', name, namespace, uid },
        },
      })
      expect(reply.status).toBe(201)
      expect(nameOf(reply.body as Fields)).toMatch(/^web-[a-z0-9]{5}$/)
    },
  },
  {
    title: 'knows no resource that it does not serve',
    async run({ send }) {
      const reply = await get(send, '/apis/policy/v9/poddisruptionbudgets')
      expectFailure(reply, 404, 'NotFound', 'the server could not find the requested resource')
    },
  },
  {
    title: 'says what it is',
    async run({ send }) {
      expect((await get(send, '/version')).body).toMatchObject({ major: '1', gitVersion: expect.stringMatching(/^v1\./) })
    },
  },
]

async function evictAndWatch({ send, namespace, settle }: Subject): Promise<void> {
  const { name, uid, resourceVersion } = await podOf(send, namespace, 'cart')
  const accepted = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }
  expect(await evict(send, namespace, name, { dryRun: true })).toMatchObject({ status: 201, body: accepted })

  const meantForAnother = await evict(send, namespace, name, { deleteOptions: { preconditions: { uid: NO_SUCH_UID } } })
  const mismatch = `the UID in the precondition (${NO_SUCH_UID}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`
  expectFailure(meantForAnother, 409, 'Conflict', `Operation cannot be fulfilled on Pod "${name}": ${mismatch}`)

  expect(await evict(send, namespace, name, { deleteOptions: { preconditions: { uid } } })).toMatchObject({ status: 201, body: accepted })
  expect(await evict(send, namespace, name)).toMatchObject({ status: 201, body: accepted })
  expectFailure(
    await evict(send, namespace, name, { bodyName: 'other' }),
    400,
    'BadRequest',
    'name in URL does not match name in Eviction object',
  )
  await settle()

  const since = `watch=1&allowWatchBookmarks=true&labelSelector=app%3Dcart&timeoutSeconds=8&resourceVersion=${resourceVersion}`
  const { events = [] } = await get(send, `/api/v1/namespaces/${namespace}/pods?${since}`)
  const about = (wanted: (podName: string) => boolean) => events.filter(({ type, object }) => type !== 'BOOKMARK' && wanted(nameOf(object)))
  const old = about(podName => podName === name)
  // A kubelet may report on the pod while it stops it.
  expect(old.length).toBeGreaterThanOrEqual(4)
  expect(old.map(({ type }) => type)).toEqual([...old.slice(1).map(() => 'MODIFIED'), 'DELETED'])
  expect(old[0]?.object['status']).toMatchObject({
    conditions: expect.arrayContaining([
      expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' }),
    ]),
  })
  expect(old.map(({ object }) => (object['metadata'] as Fields)['deletionTimestamp'] !== undefined)).toEqual([
    false,
    ...old.slice(1).map(() => true),
  ])
  const replacement = about(podName => podName !== name)
  expect(replacement[0]?.type).toBe('ADDED')
  expect(new Set(replacement.slice(1).map(({ type }) => type))).toEqual(new Set(['MODIFIED']))
  expect(events.at(-1)?.type).toBe('BOOKMARK')
}

/** The controller of a real cluster takes note within milliseconds: who wants to be faster has to try more than once. */
async function evictAheadOfController({ send, namespace, settle }: Subject): Promise<void> {
  const { name } = await podOf(send, namespace, 'web')
  let reply: Reply | undefined
  for (let race = 0; race < RACES && reply?.status !== 429; race++) {
    if (race > 0) await settle()
    const patched = await send({
      method: 'PATCH',
      path: `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/web`,
      contentType: 'application/merge-patch+json',
      body: { spec: { maxUnavailable: 2 - (race % 2) } },
    })
    expect(patched.status).toBe(200)
    const { metadata, status } = patched.body as { metadata: { generation: number }; status: { observedGeneration: number } }
    expect(metadata.generation).toBe(status.observedGeneration + 1)
    reply = await evict(send, namespace, name, { dryRun: true })
    expect([201, 429]).toContain(reply.status)
  }
  if (reply === undefined) throw new Error('the eviction was never tried')
  expectFailure(reply, 429, 'TooManyRequests', REFUSED)
  expect(causesOf(reply)).toEqual([
    { reason: 'DisruptionBudget', message: 'The disruption budget web is still being processed by the server.' },
  ])
  expect(reply.headers['retry-after']).toBe('10')
}

/** A server that has not run for long forgets nothing: then what it tells must lead from nothing to what there is. */
async function watchFromTheBeginning({ send, namespace }: Subject): Promise<void> {
  const reply = await get(send, `/api/v1/namespaces/${namespace}/pods?watch=1&resourceVersion=1&timeoutSeconds=2`)
  expect(reply.status).toBe(200)
  const [first, ...others] = reply.events ?? []
  if (first?.type === 'ERROR') {
    const message: unknown = expect.stringMatching(/^too old resource version: 1 \(\d+\)$/)
    expect(first.object).toMatchObject({ code: 410, reason: 'Expired', message })
    expect(others).toEqual([])
    return
  }
  const pods = new Map<string, unknown>()
  for (const { type, object } of reply.events ?? []) {
    const name = nameOf(object)
    expect(pods.has(name) ? ['MODIFIED', 'DELETED'] : ['ADDED']).toContain(type)
    if (type === 'DELETED') pods.delete(name)
    else pods.set(name, versionOf(object))
  }
  const { items } = listOf(await get(send, `/api/v1/namespaces/${namespace}/pods`))
  expect(pods).toEqual(new Map(items.map(item => [nameOf(item), versionOf(item)])))
}

async function keepLease({ send }: Subject): Promise<void> {
  const lease = (holder: string): Fields => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'demo', namespace: 'default' },
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: 15,
      acquireTime: '2026-11-21T00:00:00.000000Z',
      renewTime: '2026-11-21T00:00:00.000000Z',
      leaseTransitions: 0,
    },
  })
  const post = (body: Fields) => send({ method: 'POST', path: LEASES, contentType: 'application/json', body })
  const put = (body: Fields) => send({ method: 'PUT', path: `${LEASES}/demo`, contentType: 'application/json', body })

  expectFailure(await get(send, `${LEASES}/demo`), 404, 'NotFound', 'leases.coordination.k8s.io "demo" not found')
  const created = await post(lease('one'))
  expect(created.status).toBe(201)
  expectFailure(await post(lease('two')), 409, 'AlreadyExists', 'leases.coordination.k8s.io "demo" already exists')

  const object = created.body as Fields & { metadata: Fields; spec: Fields }
  const unchanged = await put(object)
  expect((unchanged.body as typeof object).metadata['resourceVersion']).toBe(object.metadata['resourceVersion'])
  const taken = await put({ ...object, spec: { ...object.spec, holderIdentity: 'two' } })
  expect((taken.body as typeof object).metadata['resourceVersion']).not.toBe(object.metadata['resourceVersion'])
  const shortTime = await put({ ...object, spec: { ...object.spec, renewTime: '2026-11-21T00:00:00.5Z' } })
  expectFailure(shortTime, 400, 'BadRequest', /cannot parse ".5Z" as ".000000"$/)

  const gone = await send({ method: 'DELETE', path: `${LEASES}/demo` })
  expect(gone.body).toMatchObject({ status: 'Success', details: { name: 'demo', group: 'coordination.k8s.io', kind: 'leases' } })
}

interface EvictionVariant {
  readonly dryRun?: boolean
  readonly deleteOptions?: object
  /** The name in the body, when it is not the pod's. */
  readonly bodyName?: string
}

function evict(
  send: Send,
  namespace: string,
  name: string,
  { dryRun, deleteOptions, bodyName = name }: EvictionVariant = {},
): Promise<Reply> {
  const call: Call = {
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/pods/${name}/eviction${dryRun === true ? '?dryRun=All' : ''}`,
    contentType: 'application/json',
    body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: bodyName, namespace }, ...(deleteOptions && { deleteOptions }) },
  }
  return send(call)
}

function get(send: Send, path: string): Promise<Reply> {
  return send({ method: 'GET', path })
}

/** The first pod of an app, with the resourceVersion of the list it was found in. */
async function podOf(
  send: Send,
  namespace: string,
  app: string,
): Promise<{ readonly name: string; readonly uid: string; readonly resourceVersion: string }> {
  const { items, resourceVersion } = listOf(await get(send, `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${app}&limit=1`))
  const { name = '', uid = '' } = (items[0]?.['metadata'] ?? {}) as { name?: string; uid?: string }
  return { name, uid, resourceVersion }
}

interface ListReply {
  readonly items: readonly Fields[]
  readonly resourceVersion: string
  readonly continueToken: string
  readonly remaining: number | undefined
}

function listOf({ status, body }: Reply): ListReply {
  expect(status).toBe(200)
  const { items, metadata } = body as {
    items: Fields[]
    metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number }
  }
  return {
    items,
    resourceVersion: metadata.resourceVersion,
    continueToken: metadata.continue ?? '',
    remaining: metadata.remainingItemCount,
  }
}

function expectFailure({ status, headers, body }: Reply, code: number, reason: string | undefined, message: string | RegExp): void {
  expect(status).toBe(code)
  expect(headers['content-type']).toBe('application/json')
  const told = body as Fields
  expect(told).toMatchObject({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code })
  expect(told['reason']).toBe(reason)
  if (typeof message === 'string') expect(told['message']).toBe(message)
  else expect(told['message']).toMatch(message)
}

function causesOf({ body }: Reply): unknown {
  return ((body as Fields)['details'] as Fields)['causes']
}

function nameOf(object: Fields): string {
  return String((object['metadata'] as Fields)['name'])
}

function versionOf(object: Fields): unknown {
  return (object['metadata'] as Fields)['resourceVersion']
}

function labelsOf(object: Fields): unknown {
  return (object['metadata'] as Fields)['labels']
}
