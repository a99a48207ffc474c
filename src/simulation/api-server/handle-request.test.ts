import { afterEach, describe, expect, it } from 'vitest'
import { shopPod, startEmbeddedApi, written, type EmbeddedApi } from '../../../test/support/embedded-api.ts'

const PODS = '/api/v1/namespaces/shop/pods'
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' }

let api: EmbeddedApi
afterEach(() => api.close())

describe('who may', () => {
  it('asks for a token where one is required, but not for health', async () => {
    api = await startEmbeddedApi({ token: 'secret' })
    const { status, body } = await api.call('GET', PODS)
    expect(status).toBe(401)
    expect(body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Unauthorized',
      reason: 'Unauthorized',
      code: 401,
    })
    expect((await api.call('GET', PODS, undefined, { authorization: 'Bearer wrong' })).status).toBe(401)
    expect((await api.call('GET', PODS, undefined, { authorization: 'Bearer secret' })).status).toBe(200)
    expect((await api.call('GET', '/readyz')).text).toBe('ok')
  })

  it.each([
    [
      { verb: 'list', resource: 'pods' },
      'GET',
      PODS,
      'pods is forbidden: User "someone" cannot list resource "pods" in API group "" in the namespace "shop"',
    ],
    [
      { resource: 'nodes' },
      'GET',
      '/api/v1/nodes/n',
      'nodes "n" is forbidden: User "someone" cannot get resource "nodes" in API group "" at the cluster scope',
    ],
    [
      { verb: 'create', subresource: 'eviction' },
      'POST',
      `${PODS}/a/eviction`,
      'pods "a" is forbidden: User "someone" cannot create resource "pods/eviction" in API group "" in the namespace "shop"',
    ],
    [
      { verb: 'watch' },
      'GET',
      '/apis/policy/v1/poddisruptionbudgets?watch=1',
      'poddisruptionbudgets.policy is forbidden: User "someone" cannot watch resource "poddisruptionbudgets" in API group "policy" at the cluster scope',
    ],
  ])('is refused what is denied: %j', async (denial, method, path, message) => {
    api = await startEmbeddedApi({ user: 'someone', denials: [denial] })
    expect((await api.call(method, path, method === 'POST' ? {} : undefined)).body).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message,
    })
  })

  it('may again when the denial is taken back', async () => {
    api = await startEmbeddedApi()
    const allow = api.server.access.deny({ namespace: 'shop' })
    expect((await api.call('GET', PODS)).status).toBe(403)
    expect((await api.call('GET', '/api/v1/pods')).status).toBe(200)
    allow()
    expect((await api.call('GET', PODS)).status).toBe(200)
  })

  it('can ask beforehand', async () => {
    api = await startEmbeddedApi({ denials: [{ verb: 'delete', resource: 'pods' }] })
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
    const ask = async (verb: string) => (await api.call('POST', path, { spec: { resourceAttributes: { verb, resource: 'pods' } } })).body
    expect(await ask('list')).toMatchObject({ status: { allowed: true } })
    expect(await ask('delete')).toMatchObject({ status: { allowed: false, reason: expect.any(String) } })
  })
})

describe('what it does not know', () => {
  it.each([
    ['GET', '/nonsense', 404],
    ['GET', '/apis/policy/v9/poddisruptionbudgets', 404],
    ['GET', '/apis/nonsense.io', 404],
    ['GET', '/openapi/v2', 404],
    ['GET', '/api/v1/namespaces/shop/nonsense', 404],
    ['GET', '/api/v1/pods/a', 404],
    ['GET', '/api/v1/namespaces/shop/nodes', 404],
    ['GET', `${PODS}/a/log`, 404],
    ['GET', `${PODS}/a/eviction`, 405],
    ['POST', '/api/v1/pods', 405],
    ['POST', `${PODS}/a`, 405],
    ['PUT', PODS, 405],
    ['PATCH', PODS, 405],
    ['DELETE', `${PODS}/a/status`, 405],
    ['GET', '/api/v1/namespaces/%zz/pods', 400],
  ])('%s %s: %d', async (method, path, code) => {
    api = await startEmbeddedApi()
    const { status, body } = await api.call(method, path, method === 'GET' || method === 'DELETE' ? undefined : {})
    expect(status).toBe(code)
    expect(body).toMatchObject({ kind: 'Status', code })
  })

  it('is another form of answer, or a body without end', async () => {
    api = await startEmbeddedApi()
    expect((await api.call('GET', PODS, undefined, { accept: 'application/yaml' })).body).toMatchObject({
      code: 406,
      reason: 'NotAcceptable',
    })
    const accepted = 'application/vnd.kubernetes.protobuf, application/*;q=0.1'
    expect((await api.call('GET', PODS, undefined, { accept: accepted })).status).toBe(200)
    expect((await api.call('POST', PODS, ' '.repeat(3 * 1024 * 1024 + 1))).body).toMatchObject({
      code: 413,
      reason: 'RequestEntityTooLarge',
    })
  })
})

describe('discovery', () => {
  it('tells kubectl apply that each type leaves the judgement of fields to the server', async () => {
    api = await startEmbeddedApi()
    const { paths } = (await api.call('GET', '/openapi/v3')).body as { paths: Record<string, { serverRelativeURL: string }> }
    const { body } = await api.call('GET', paths['apis/apps/v1']?.serverRelativeURL ?? '')
    expect(body).toMatchObject({
      paths: {
        '/apis/apps/v1/namespaces/{namespace}/deployments/{name}': {
          patch: {
            parameters: [{ name: 'fieldValidation', in: 'query' }],
            'x-kubernetes-group-version-kind': { group: 'apps', version: 'v1', kind: 'Deployment' },
          },
        },
      },
    })
    expect((await api.call('GET', '/openapi/v3/apis/none/v1')).status).toBe(404)
    expect((await api.call('GET', '/openapi/v2')).status).toBe(404)
  })

  it('leads from the groups to every resource, and each can be listed', async () => {
    api = await startEmbeddedApi()
    const { groups } = (await api.call('GET', '/apis')).body as { groups: { name: string; preferredVersion: { groupVersion: string } }[] }
    const paths = ['/api/v1', ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)]
    const listable: string[] = []
    for (const path of paths) {
      const { resources } = (await api.call('GET', path)).body as { resources: { name: string; kind: string; verbs: string[] }[] }
      for (const { name, verbs } of resources) if (verbs.includes('list')) listable.push(`${path}/${name}`)
    }
    expect(listable).toContain('/api/v1/pods')
    expect(listable).toContain('/apis/policy/v1/poddisruptionbudgets')
    for (const path of listable) expect([path, (await api.call('GET', path)).status]).toEqual([path, 200])
    expect((await api.call('GET', '/apis/policy')).body).toMatchObject({ kind: 'APIGroup', name: 'policy' })
    expect((await api.call('GET', '/api')).body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] })
  })
})

describe('tables for people', () => {
  interface Table {
    readonly columnDefinitions: readonly { readonly name: string }[] | null
    readonly rows: readonly { readonly cells: readonly unknown[]; readonly object?: unknown }[]
  }

  async function rowsOf(path: string): Promise<readonly string[]> {
    const { columnDefinitions, rows } = (await api.call('GET', path, undefined, TABLE)).body as Table
    return [columnDefinitions?.map(({ name }) => name) ?? [], ...rows.map(({ cells }) => cells)].map(cells => cells.join(' | '))
  }

  it('show pods as kubectl does', async () => {
    api = await startEmbeddedApi()
    const statuses: Readonly<Record<string, object>> = {
      running: {
        phase: 'Running',
        podIP: '10.0.0.1',
        containerStatuses: [
          { ready: true, restartCount: 2 },
          { ready: false, restartCount: 1 },
        ],
      },
      crashing: {
        phase: 'Running',
        containerStatuses: [{ ready: false, restartCount: 5, state: { waiting: { reason: 'CrashLoopBackOff' } } }],
      },
      evicted: { phase: 'Failed', reason: 'Evicted' },
      pending: { phase: 'Pending' },
    }
    for (const [name, status] of Object.entries(statuses)) {
      written(api.store.create('pods', shopPod(name, { spec: { nodeName: 'n1', containers: [{}, {}] }, status })))
    }
    written(api.store.delete('pods', 'shop', 'pending'))
    expect(await rowsOf(PODS)).toEqual([
      'Name | Ready | Status | Restarts | Age | IP | Node | Nominated Node | Readiness Gates',
      'crashing | 0/2 | CrashLoopBackOff | 5 | 0s | <none> | n1 | <none> | <none>',
      'evicted | 0/2 | Evicted | 0 | 0s | <none> | n1 | <none> | <none>',
      'pending | 0/2 | Terminating | 0 | 0s | <none> | n1 | <none> | <none>',
      'running | 1/2 | Running | 3 | 0s | 10.0.0.1 | n1 | <none> | <none>',
    ])
  })

  it('show nodes, workloads, budgets, events, and the name of anything else', async () => {
    api = await startEmbeddedApi()
    const add = (resource: string, content: object, namespace?: string) =>
      written(
        api.store.create(resource, { apiVersion: '', kind: '', metadata: { name: 'x', ...(namespace && { namespace }) }, ...content }),
      )
    add('nodes', {
      spec: { unschedulable: true },
      status: { conditions: [{ type: 'Ready', status: 'Unknown' }], addresses: [{ type: 'InternalIP', address: '10.0.0.1' }] },
    })
    const template = { spec: { containers: [{ name: 'c', image: 'i' }] } }
    add(
      'deployments',
      {
        spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template },
        status: { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 1 },
      },
      'shop',
    )
    add('poddisruptionbudgets', { spec: { maxUnavailable: '25%' }, status: { disruptionsAllowed: 1 } }, 'shop')
    add(
      'events',
      { type: 'Normal', reason: 'Moved', note: 'so', regarding: { kind: 'Pod', name: 'p' }, eventTime: '2026-11-21T09:59:00.000000Z' },
      'shop',
    )
    add('configmaps', { data: { a: '1', b: '2' } }, 'shop')
    add('serviceaccounts', {}, 'shop')
    const ports = [{ port: 80 }, { port: 53, protocol: 'UDP' }]
    add('services', { spec: { clusterIP: 'None', selector: { app: 'web' }, ports } }, 'shop')
    const rows = []
    for (const path of [
      '/api/v1/nodes',
      '/apis/apps/v1/deployments',
      '/api/v1/services',
      '/apis/policy/v1/poddisruptionbudgets',
      '/api/v1/events',
      '/api/v1/configmaps',
      '/api/v1/serviceaccounts',
    ]) {
      rows.push((await rowsOf(path))[1])
    }
    expect(rows).toEqual([
      'x | NotReady,SchedulingDisabled | <none> | 0s |  | 10.0.0.1 | <none> | <unknown> | <unknown> | <unknown>',
      'x | 2/3 | 3 | 1 | 0s | c | i | app=web',
      'x | ClusterIP | None | <none> | 80/TCP,53/UDP | 0s | app=web',
      'x | N/A | 25% | 1 | 0s',
      '60s | Normal | Moved | pod/p | so | x',
      'x | 2 | 0s',
      'x | 0s',
    ])
  })

  it('carry as much of the object as is asked for', async () => {
    api = await startEmbeddedApi()
    written(api.store.create('pods', shopPod('a')))
    const objectOf = async (query: string) => ((await api.call('GET', `${PODS}/a${query}`, undefined, TABLE)).body as Table).rows[0]?.object
    expect(await objectOf('')).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'a' } })
    expect(await objectOf('?includeObject=Object')).toMatchObject({ kind: 'Pod', spec: {} })
    expect(await objectOf('?includeObject=None')).toBeUndefined()
  })

  it('name their columns once in a watch', async () => {
    api = await startEmbeddedApi()
    for (const name of ['a', 'b']) written(api.store.create('pods', shopPod(name)))
    const watch = await api.watch(`${PODS}?watch=1`, TABLE)
    const tables = [await watch.nextObject(), await watch.nextObject()].map(({ object }) => object as unknown as Table)
    expect(tables.map(({ columnDefinitions }) => columnDefinitions === null)).toEqual([false, true])
    expect(tables.map(({ rows }) => rows[0]?.cells[0])).toEqual(['a', 'b'])
  })
})
