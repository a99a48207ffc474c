import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { shopPod, startEmbeddedApi, written, type EmbeddedApi } from '../../../test/support/embedded-api.ts'
import type { RawObject } from '../object-store.ts'

const PODS = '/api/v1/namespaces/shop/pods'
const BUDGETS = '/apis/policy/v1/namespaces/shop/poddisruptionbudgets'
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/shop/leases'
const EVENTS = '/apis/events.k8s.io/v1/namespaces/shop/events'
const CONFIG_MAPS = '/api/v1/namespaces/shop/configmaps'
const DEPLOYMENTS = '/apis/apps/v1/namespaces/shop/deployments'

const MERGE = { 'content-type': 'application/merge-patch+json' }
const STRATEGIC = { 'content-type': 'application/strategic-merge-patch+json' }
const JSON_PATCH = { 'content-type': 'application/json-patch+json' }

const EVENT = {
  metadata: { name: 'e' },
  eventTime: '2026-11-21T00:00:00.000000Z',
  reportingController: 'respread.io/controller',
  reportingInstance: 'respread-0',
  action: 'Evict',
  reason: 'Respread',
  type: 'Normal',
  regarding: { kind: 'Pod', name: 'a', namespace: 'shop' },
}

function lease(spec: object = {}, metadata: object = {}): object {
  return { metadata: { name: 'l', ...metadata }, spec: { holderIdentity: 'one', leaseDurationSeconds: 15, ...spec } }
}

let api: EmbeddedApi
beforeEach(async () => {
  api = await startEmbeddedApi()
})
afterEach(() => api.close())

function addPod(fields?: Parameters<typeof shopPod>[1]): RawObject {
  return written(api.store.create('pods', shopPod('a', fields)))
}

function addDeployment(): RawObject {
  const metadata = { name: 'web', namespace: 'shop' }
  const spec = { replicas: 3, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } } } }
  return written(api.store.create('deployments', { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec, status: { replicas: 2 } }))
}

describe('create', () => {
  it('takes the namespace from the path, the kind as given or not at all, and lets no status in', async () => {
    const { status, body } = await api.call('POST', PODS, {
      metadata: { name: 'a', managedFields: [{}] },
      spec: {},
      status: { phase: 'Running' },
    })
    expect(status).toBe(201)
    expect(body).toMatchObject({ kind: 'Pod', apiVersion: 'v1', metadata: { namespace: 'shop' }, status: { phase: 'Pending' } })
    expect(body).not.toHaveProperty('metadata.managedFields')
  })

  it('starts a budget with nothing allowed and labels a namespace with its name', async () => {
    const budget = await api.call('POST', BUDGETS, { metadata: { name: 'b' }, spec: { minAvailable: 1 } })
    expect(budget.body).toMatchObject({ metadata: { generation: 1 }, status: { disruptionsAllowed: 0, expectedPods: 0 } })
    const namespace = await api.call('POST', '/api/v1/namespaces', { metadata: { name: 'n' } })
    expect(namespace.body).toMatchObject({ metadata: { labels: { 'kubernetes.io/metadata.name': 'n' } }, status: { phase: 'Active' } })
  })

  it('takes a ConfigMap that is just as large as it may be', async () => {
    expect((await api.call('POST', CONFIG_MAPS, { metadata: { name: 'a' }, data: { one: 'x'.repeat(1_048_576) } })).status).toBe(201)
  })

  it('takes what is null in the metadata, and a version that is empty, as not there', async () => {
    const metadata = { name: 'a', labels: null, annotations: { x: null }, creationTimestamp: null, resourceVersion: '' }
    const { status, body } = await api.call('POST', PODS, { metadata, spec: {} })
    expect(status).toBe(201)
    expect((body as RawObject).metadata).not.toHaveProperty('labels')
    expect(body).toMatchObject({ metadata: { annotations: { x: '' } } })
  })

  it('stores a v1 event as what events.k8s.io calls it', async () => {
    const body = { metadata: { name: 'e' }, message: 'moved', involvedObject: { name: 'a' }, count: 2 }
    const created = await api.call('POST', '/api/v1/namespaces/shop/events', body)
    expect(created.body).toMatchObject({ apiVersion: 'v1', message: 'moved', count: 2, source: {}, firstTimestamp: null })
    const read = await api.call('GET', `${EVENTS}/e`)
    expect(read.body).toMatchObject({ apiVersion: 'events.k8s.io/v1', note: 'moved', regarding: { name: 'a' }, deprecatedCount: 2 })
  })

  const refusals: readonly (readonly [title: string, path: string, body: unknown, code: number, message: string])[] = [
    ['another kind', PODS, { kind: 'Node', metadata: { name: 'a' } }, 400, 'Node in version "v1" cannot be handled as a Pod'],
    ['another namespace', PODS, { metadata: { name: 'a', namespace: 'x' } }, 400, 'the namespace of the provided object does not match'],
    ['a namespace that is not there', '/api/v1/namespaces/x/pods', { metadata: { name: 'a' } }, 404, 'namespaces "x" not found'],
    ['a resourceVersion', PODS, { metadata: { name: 'a', resourceVersion: '1' } }, 500, 'resourceVersion should not be set'],
    ['no name', PODS, { metadata: {} }, 422, 'name or generateName is required'],
    ['what is no JSON', PODS, '{', 400, "couldn't get version/kind; json parse error"],
    ['what is no object', PODS, '[]', 400, "couldn't get version/kind; json parse error"],
    ['a name of no form', PODS, { metadata: { name: 'Web_1' } }, 422, 'metadata.name: Invalid value: "Web_1"'],
    [
      'a name that would begin in no form',
      PODS,
      { metadata: { generateName: 'web.' } },
      422,
      'metadata.generateName: Invalid value: "web."',
    ],
    ['a label of no form', PODS, { metadata: { name: 'a', labels: { x: 'a b' } } }, 422, 'metadata.labels: Invalid value: "a b"'],
    [
      'an annotation of no form',
      PODS,
      { metadata: { name: 'a', annotations: { 'a b': '' } } },
      422,
      'metadata.annotations: Invalid value: "a b"',
    ],
    [
      'an annotation that is no text',
      PODS,
      { metadata: { name: 'a', annotations: { x: true } } },
      400,
      'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.annotations of type string',
    ],
    [
      'labels in a list',
      PODS,
      { metadata: { name: 'a', labels: ['x'] } },
      400,
      'cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string',
    ],
    ['a name that is no text', PODS, { metadata: { name: 5 } }, 400, 'ObjectMeta.metadata.name of type string'],
    [
      'a ConfigMap that is too large',
      CONFIG_MAPS,
      { metadata: { name: 'a' }, data: { one: 'é'.repeat(262_144), other: 'x'.repeat(524_289) } },
      422,
      'ConfigMap "a" is invalid: []: Too long: may not be more than 1048576 bytes',
    ],
    ['an unknown dry run', `${PODS}?dryRun=Some`, { metadata: { name: 'a' } }, 422, 'dryRun: Unsupported value: ["Some"]'],
    ['a dry run', `${PODS}?dryRun=All`, { metadata: { name: 'a' } }, 400, 'this server knows a dry run of evictions only'],
    [
      'a lease for no time',
      LEASES,
      lease({ leaseDurationSeconds: 0 }),
      422,
      'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
    ],
    ['a time in milliseconds', LEASES, lease({ renewTime: '2026-11-21T00:00:00.123Z' }), 400, 'cannot parse ".123Z" as ".000000"'],
    ['a time in whole seconds', LEASES, lease({ renewTime: '2026-11-21T00:00:00Z' }), 400, 'cannot parse "Z" as ".000000"'],
    ['a time in nanoseconds', LEASES, lease({ renewTime: '2026-11-21T00:00:00.1234567Z' }), 400, 'cannot parse "7Z" as "Z07:00"'],
    ['a time that is none', LEASES, lease({ acquireTime: 'soon' }), 400, 'cannot parse "soon" as "2006"'],
    [
      'an event that says too little',
      EVENTS,
      { ...EVENT, action: '', reason: '' },
      422,
      '[action: Required value, reason: Required value]',
    ],
    ['an event about nowhere', EVENTS, { ...EVENT, regarding: { name: 'a' } }, 422, 'does not match event.namespace'],
    ['an event of another type', EVENTS, { ...EVENT, type: 'Odd' }, 422, 'type: Invalid value: "": has invalid value: Odd'],
    ['an event that says too much', EVENTS, { ...EVENT, note: 'é'.repeat(513) }, 422, 'message: Invalid value: "": can have at most 1024'],
    [
      'an event of too long an action',
      EVENTS,
      { ...EVENT, action: 'x'.repeat(129) },
      422,
      'action: Invalid value: "": can have at most 128',
    ],
    ['an event of an odd controller', EVENTS, { ...EVENT, reportingController: 'a b' }, 422, 'reportingController: Invalid value: "a b"'],
    ['a workload without selector', DEPLOYMENTS, { metadata: { name: 'd' }, spec: {} }, 422, 'spec.selector: Required value'],
    [
      'a workload of all pods',
      DEPLOYMENTS,
      { metadata: { name: 'd' }, spec: { selector: {} } },
      422,
      'empty selector is invalid for deployment',
    ],
    [
      'a workload that does not select its own pods',
      DEPLOYMENTS,
      { metadata: { name: 'd' }, spec: { selector: { matchLabels: { app: 'x' } }, template: { metadata: { labels: { app: 'y' } } } } },
      422,
      'spec.template.metadata.labels: Invalid value: {"app":"y"}: `selector` does not match template `labels`',
    ],
    [
      'a workload of less than no pods',
      DEPLOYMENTS,
      {
        metadata: { name: 'd' },
        spec: { replicas: -1, selector: { matchLabels: { app: 'x' } }, template: { metadata: { labels: { app: 'x' } } } },
      },
      422,
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
  ]
  it.each(refusals)('refuses %s', async (_, path, body, code, message) => {
    const reply = await api.call('POST', path, body)
    expect(reply.status).toBe(code)
    expect(reply.body).toMatchObject({ kind: 'Status', status: 'Failure', code, message: expect.stringContaining(message) })
  })

  it('refuses another media type than JSON', async () => {
    const { status, body } = await api.call('POST', PODS, 'metadata: {}', { 'content-type': 'application/yaml' })
    expect(status).toBe(415)
    expect(body).toMatchObject({ reason: 'UnsupportedMediaType' })
  })
})

describe('replace', () => {
  it('writes everything but the status, which its own path writes alone', async () => {
    const { metadata } = addPod({ status: { phase: 'Pending' } })
    const change = { metadata: { name: 'a', labels: { x: 'y' } }, spec: {}, status: { phase: 'Running' } }
    expect((await api.call('PUT', `${PODS}/a`, change)).body).toMatchObject({
      metadata: { labels: { x: 'y' }, uid: metadata.uid },
      status: { phase: 'Pending' },
    })
    const status = { metadata: { name: 'a', labels: {} }, status: { phase: 'Running' } }
    expect((await api.call('PUT', `${PODS}/a/status`, status)).body).toMatchObject({
      metadata: { labels: { x: 'y' } },
      status: { phase: 'Running' },
    })
  })

  it('refuses a stale version, also of a status', async () => {
    const { metadata } = addPod()
    await api.call('PUT', `${PODS}/a`, { metadata: { name: 'a', labels: { x: 'y' } } })
    for (const path of [`${PODS}/a`, `${PODS}/a/status`]) {
      const { status, body } = await api.call('PUT', path, { metadata: { ...metadata, labels: {} }, status: { phase: 'Running' } })
      expect([path, status]).toEqual([path, 409])
      expect(body).toMatchObject({ reason: 'Conflict', details: { name: 'a', kind: 'pods' } })
    }
  })

  it.each(['', '0'])('takes the version %j for any', async resourceVersion => {
    addPod()
    const change = { metadata: { name: 'a', resourceVersion, labels: { x: 'y' } }, spec: {} }
    expect((await api.call('PUT', `${PODS}/a`, change)).body).toMatchObject({ metadata: { labels: { x: 'y' } } })
  })

  it('creates a lease that is not there, but not one that was', async () => {
    expect((await api.call('PUT', `${LEASES}/l`, lease({}, { resourceVersion: '5' }))).status).toBe(409)
    expect((await api.call('PUT', `${LEASES}/l`, lease())).status).toBe(201)
  })

  it.each([
    ['a lease of no version', `${LEASES}/l`, lease(), 422, 'metadata.resourceVersion: Invalid value: 0: must be specified for an update'],
    [
      'a budget of no version',
      `${BUDGETS}/b`,
      { metadata: { name: 'b' } },
      422,
      'metadata.resourceVersion: Invalid value: 0: must be specified',
    ],
    ['another name', `${PODS}/a`, { metadata: { name: 'b' } }, 400, 'the name of the object (b) does not match the name on the URL (a)'],
    [
      'another namespace',
      `${PODS}/a`,
      { metadata: { name: 'a', namespace: 'x' } },
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    ['no name', `${PODS}/a`, { spec: {} }, 400, 'the name of the object (a based on URL) was undeterminable: name must be provided'],
    ['what is not there', `${PODS}/z`, { metadata: { name: 'z' } }, 404, 'pods "z" not found'],
    [
      'the spec of a pod',
      `${PODS}/a`,
      { metadata: { name: 'a' }, spec: { nodeName: 'n' } },
      422,
      'spec: Forbidden: pod updates may not change fields',
    ],
    ['the selector of a workload', `${DEPLOYMENTS}/web`, { metadata: { name: 'web' }, spec: {} }, 422, 'field is immutable'],
  ])('refuses %s', async (_, path, body, code, message) => {
    addPod()
    addDeployment()
    written(api.store.create('leases', { apiVersion: '', kind: '', metadata: { name: 'l', namespace: 'shop' } }))
    expect((await api.call('PUT', path, body)).body).toMatchObject({ code, message: expect.stringContaining(message) })
  })
})

describe('patch', () => {
  it('merges, or follows a list of operations', async () => {
    addDeployment()
    const merged = await api.call('PATCH', `${DEPLOYMENTS}/web`, { spec: { replicas: 5 }, status: { replicas: 9 } }, MERGE)
    expect(merged.body).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 5, selector: {} }, status: { replicas: 2 } })
    const operated = await api.call('PATCH', `${DEPLOYMENTS}/web`, [{ op: 'replace', path: '/spec/replicas', value: 6 }], JSON_PATCH)
    expect(operated.body).toMatchObject({ metadata: { generation: 3 }, spec: { replicas: 6 } })
    const strategic = await api.call('PATCH', `${DEPLOYMENTS}/web`, { metadata: { annotations: { a: 'b' } } }, STRATEGIC)
    expect(strategic.body).toMatchObject({ metadata: { generation: 4, annotations: { a: 'b' } } })
  })

  it('that removes an annotation leaves nothing empty behind, and writes nothing where there is none', async () => {
    const remove = () => api.call('PATCH', `${PODS}/a`, { metadata: { annotations: { x: null } } }, MERGE)
    const { metadata } = addPod()
    expect((await remove()).body).toMatchObject({ metadata: { resourceVersion: metadata.resourceVersion } })
    await api.call('PATCH', `${PODS}/a`, { metadata: { annotations: { x: 'y' } } }, MERGE)
    expect((await remove()).body).not.toHaveProperty('metadata.annotations')
  })

  it('writes a status through its own path', async () => {
    addPod()
    const { body } = await api.call('PATCH', `${PODS}/a/status`, { status: { phase: 'Running' }, metadata: { labels: null } }, MERGE)
    expect(body).toMatchObject({ status: { phase: 'Running' }, metadata: { labels: { app: 'web' } } })
  })

  it.each([
    [
      'server-side apply',
      {},
      { 'content-type': 'application/apply-patch+yaml' },
      415,
      'accepted media types include: application/json-patch+json',
    ],
    ['an operation that does not fit', [{ op: 'test', path: '/kind', value: 'Node' }], JSON_PATCH, 422, 'the server rejected our request'],
    ['operations that are no list', {}, JSON_PATCH, 400, 'a JSON patch must be a list of operations'],
    ['a stale version', { metadata: { resourceVersion: '1', labels: { x: 'y' } } }, MERGE, 409, 'the object has been modified'],
    [
      'the uid of another',
      { metadata: { uid: 'of-another', labels: { x: 'y' } } },
      MERGE,
      422,
      'Pod "a" is invalid: metadata.uid: Invalid value: "of-another": field is immutable',
    ],
    [
      'the uid of another at a stale version',
      { metadata: { uid: 'of-another', resourceVersion: '1', labels: { x: 'y' } } },
      MERGE,
      409,
      'the object has been modified',
    ],
    [
      'a deletion cost that is no number',
      { metadata: { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '+1' } } },
      MERGE,
      422,
      'metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "+1": must be a 32bit integer',
    ],
  ])('refuses %s', async (_, patch, headers, code, message) => {
    addPod()
    expect((await api.call('PATCH', `${PODS}/a`, patch, headers)).body).toMatchObject({ code, message: expect.stringContaining(message) })
  })
})

describe('delete', () => {
  it('gives a bound pod its time and answers with the pod', async () => {
    addPod({ spec: { nodeName: 'n' } })
    const marked = await api.call('DELETE', `${PODS}/a?gracePeriodSeconds=3`)
    expect(marked.body).toMatchObject({
      kind: 'Pod',
      metadata: { deletionTimestamp: '2026-11-21T10:00:03Z', deletionGracePeriodSeconds: 3 },
    })
    expect((await api.call('DELETE', `${PODS}/a`, { gracePeriodSeconds: 0 })).status).toBe(200)
    expect((await api.call('GET', `${PODS}/a`)).status).toBe(404)
  })

  it('answers with a Status where nothing is left, with the object where finalizers hold it', async () => {
    const add = (name: string, finalizers: readonly string[]) =>
      written(api.store.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop', finalizers } }))
    const { metadata } = add('free', [])
    add('held', ['x/y'])
    const details = { name: 'free', kind: 'configmaps', uid: metadata.uid }
    expect((await api.call('DELETE', `${CONFIG_MAPS}/free`)).body).toMatchObject({ kind: 'Status', status: 'Success', details })
    expect((await api.call('DELETE', `${CONFIG_MAPS}/held`)).body).toMatchObject({
      kind: 'ConfigMap',
      metadata: { deletionGracePeriodSeconds: 0 },
    })
  })

  it.each([
    ['of another uid', `${PODS}/a`, { preconditions: { uid: 'of-another' } }, 409, 'the UID in the precondition (of-another)'],
    ['of what is not there', `${PODS}/z`, undefined, 404, 'pods "z" not found'],
    ['that leaves orphans', `${PODS}/a?propagationPolicy=Orphan`, undefined, 400, 'legal is Background'],
    ['of a namespace', '/api/v1/namespaces/shop', undefined, 405, 'this server does not delete namespaces'],
    ['of everything at once', PODS, undefined, 405, 'the server does not allow this method on the requested resource'],
  ])('refuses the deletion %s', async (_, path, body, code, message) => {
    addPod()
    expect((await api.call('DELETE', path, body)).body).toMatchObject({ code, message: expect.stringContaining(message) })
  })
})

describe('get', () => {
  it('does not know the future', async () => {
    addPod()
    expect((await api.call('GET', `${PODS}/a?resourceVersion=999`)).status).toBe(504)
  })
})

describe('scale', () => {
  it.each([
    ['another name', { name: 'x' }, 400],
    ['another object', { name: 'web', uid: 'x' }, 409],
  ])('refuses %s', async (_, metadata, code) => {
    addDeployment()
    expect((await api.call('PUT', `${DEPLOYMENTS}/web/scale`, { metadata, spec: { replicas: 5 } })).status).toBe(code)
  })

  it('says and changes how many replicas a workload should have', async () => {
    addDeployment()
    const path = `${DEPLOYMENTS}/web/scale`
    const scale = await api.call('GET', path)
    expect(scale.body).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      spec: { replicas: 3 },
      status: { replicas: 2, selector: 'app=web' },
    })
    expect((await api.call('PATCH', path, { spec: { replicas: 4 } }, MERGE)).body).toMatchObject({ spec: { replicas: 4 } })
    expect((await api.call('PUT', path, scale.body)).status).toBe(409)
    expect((await api.call('PUT', path, { metadata: { name: 'web' }, spec: { replicas: 1 } })).body).toMatchObject({
      spec: { replicas: 1 },
    })
    expect((await api.call('PUT', path, { spec: { replicas: -1 } })).status).toBe(422)
    expect(api.store.get('deployments', 'shop', 'web')?.['spec']).toMatchObject({ replicas: 1, selector: { matchLabels: { app: 'web' } } })
  })
})

describe('binding', () => {
  const bind = (target: object) => api.call('POST', `${PODS}/a/binding`, { kind: 'Binding', metadata: { name: 'a' }, target })

  it('gives a pod its node, once', async () => {
    addPod()
    expect((await bind({ kind: 'Node', name: 'n1' })).status).toBe(201)
    expect(api.store.get('pods', 'shop', 'a')).toMatchObject({
      metadata: { generation: 1 },
      spec: { nodeName: 'n1' },
      status: { conditions: [{ type: 'PodScheduled', status: 'True' }] },
    })
    expect((await bind({ name: 'n2' })).body).toMatchObject({
      code: 409,
      message: expect.stringContaining('already assigned to node "n1"'),
    })
  })

  it('gives a pod the labels that say where its node is, over its own', async () => {
    const labels = { 'topology.kubernetes.io/zone': 'z1', 'topology.kubernetes.io/region': 'r1', 'kubernetes.io/hostname': 'n1' }
    written(api.store.create('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', labels } }))
    addPod({ labels: { app: 'web', 'topology.kubernetes.io/zone': 'mine' } })
    await bind({ name: 'n1' })
    expect(api.store.get('pods', 'shop', 'a')?.metadata.labels).toEqual({
      app: 'web',
      'topology.kubernetes.io/zone': 'z1',
      'topology.kubernetes.io/region': 'r1',
    })
  })

  it('refuses to bind a pod under the name of another', async () => {
    addPod()
    const body = { kind: 'Binding', metadata: { name: 'b' }, target: { name: 'n1' } }
    expect((await api.call('POST', `${PODS}/a/binding`, body)).body).toMatchObject({ code: 400 })
  })

  it.each([
    ['a pod that is gated', { schedulingGates: [{ name: 'g' }] }, { name: 'n' }, 409],
    ['to what is no node', {}, { kind: 'Minion', name: 'n' }, 422],
    ['to no node', {}, {}, 422],
  ])('refuses %s', async (_, spec, target, code) => {
    addPod({ spec })
    expect((await bind(target)).status).toBe(code)
  })
})

describe('eviction', () => {
  const EVICTION = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'a', namespace: 'shop' } }

  it.each([
    ['both ways of a dry run', `${PODS}/a/eviction?dryRun=All`, { ...EVICTION, deleteOptions: { dryRun: ['All'] } }, 201],
    ['a dry run in the options', `${PODS}/a/eviction`, { ...EVICTION, deleteOptions: { dryRun: ['All'] } }, 201],
    ['an unknown dry run', `${PODS}/a/eviction?dryRun=Some`, EVICTION, 422],
    ['what is no eviction', `${PODS}/a/eviction`, { ...EVICTION, kind: 'Pod' }, 400],
    ['what does not say what it is', `${PODS}/a/eviction?dryRun=All`, { metadata: EVICTION.metadata }, 201],
    ['a pod elsewhere', `${PODS}/a/eviction`, { ...EVICTION, metadata: { name: 'a', namespace: 'default' } }, 400],
    ['options that are none', `${PODS}/a/eviction`, { ...EVICTION, deleteOptions: 'now' }, 400],
    [
      'an option of another kind',
      `${PODS}/a/eviction`,
      { ...EVICTION, deleteOptions: { ignoreStoreReadErrorWithClusterBreakingPotential: true } },
      422,
    ],
  ])('of %s', async (_, path, body, code) => {
    addPod()
    expect((await api.call('POST', path, body)).status).toBe(code)
    expect(api.store.get('pods', 'shop', 'a')).toBeDefined()
  })

  it('where there is no namespace says so', async () => {
    const { body } = await api.call('POST', '/api/v1/namespaces/x/pods/a/eviction', { ...EVICTION, metadata: { name: 'a' } })
    expect(body).toMatchObject({ code: 404, details: { name: 'x', kind: 'namespaces' } })
  })

  it.each([
    ['too few are healthy', { currentHealthy: 2, desiredHealthy: 3 }, 'The disruption budget b needs 3 healthy pods and has 2 currently'],
    ['just enough are', { currentHealthy: 3, desiredHealthy: 3 }, 'The disruption budget b needs 3 healthy pods and has 3 currently'],
    [
      'others were evicted first',
      { currentHealthy: 4, desiredHealthy: 3 },
      'The disruption budget b does not allow evicting pods currently',
    ],
    [
      'its controller says why',
      {
        currentHealthy: 4,
        desiredHealthy: 3,
        conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'Odd', message: 'because' }],
      },
      'The disruption budget b does not allow evicting pods currently (Odd): because',
    ],
    [
      'its controller cannot count',
      { conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message: 'no scale' }] },
      'The disruption budget b does not allow evicting pods currently because it failed sync: no scale',
    ],
  ])('is refused by a budget that is used up, since %s', async (_, status, message) => {
    addPod({ status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } })
    const spec = { maxUnavailable: 1, selector: { matchLabels: { app: 'web' } } }
    const metadata = { name: 'b', namespace: 'shop' }
    const counted = { observedGeneration: 1, disruptionsAllowed: 0, expectedPods: 4, ...status }
    written(
      api.store.create('poddisruptionbudgets', { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec, status: counted }),
    )
    const { body } = await api.call('POST', `${PODS}/a/eviction`, EVICTION)
    expect(body).toMatchObject({ code: 429, details: { causes: [{ reason: 'DisruptionBudget', message }] } })
  })

  it('passes the time to stop on', async () => {
    addPod({ spec: { nodeName: 'n' } })
    await api.call('POST', `${PODS}/a/eviction`, { ...EVICTION, deleteOptions: { gracePeriodSeconds: 9 } })
    expect(api.store.get('pods', 'shop', 'a')?.metadata.deletionGracePeriodSeconds).toBe(9)
  })
})
