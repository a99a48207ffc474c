import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { startApiServer, type ApiServer } from '../../src/simulation/api-server/server.ts'
import { createRandom } from '../../src/simulation/random.ts'
import type { ObjectStore } from '../../src/simulation/object-store.ts'
import { createObjectStore } from '../../src/simulation/store.ts'
import { createScaleCluster } from './scale-cluster.ts'
import type { ServerAnswer, ServerOrder } from './scale-messages.ts'

// The embedded API server in a process of its own, without controllers: what it holds changes only when the bench says so.

const HOUR = 60 * 60 * 1000
let offset = -HOUR
let server: ApiServer | undefined
let newest = 0
let nextToTurn = 0
const MAINTENANCE = { key: 'maintenance', value: 'true', effect: 'NoSchedule' }
const store = createObjectStore({ now: () => Date.now() + offset, random: createRandom(1) })

function tell(answer: ServerAnswer): void {
  process.send?.(answer)
}

async function fill(order: Extract<ServerOrder, { readonly kind: 'Fill' }>): Promise<void> {
  createScaleCluster((resource, object) => {
    const created = store.create(resource, object)
    if (!created.ok) throw new Error(created.refusal.message)
    return created.object
  }, order.size)
  offset = 0
  await writeSnapshot(store, order.snapshot)
  server = await startApiServer(store, { now: () => Date.now(), watchList: !order.paged })
  tell({ kind: 'Filled', url: server.url })
}

/** As `kubectl get ... -A -o json` writes it, only on fewer lines. */
async function writeSnapshot(from: ObjectStore, file: string): Promise<void> {
  const out = createWriteStream(file)
  let separator = '{"apiVersion":"v1","kind":"List","items":[\n'
  for (const resource of ['nodes', 'namespaces', 'deployments', 'replicasets', 'poddisruptionbudgets', 'pods']) {
    for (const object of from.list(resource)) {
      if (!out.write(`${separator}${JSON.stringify(object)}`)) await once(out, 'drain')
      separator = ',\n'
    }
  }
  out.end(']}\n')
  await once(out, 'close')
}

async function churn(events: number, perSecond: number): Promise<void> {
  const pods = store.list('pods').map(({ metadata }) => metadata)
  const startedAt = performance.now()
  for (let n = 0; n < events; n += 1) {
    await sleep(Math.max(0, startedAt + (n * 1000) / perSecond - performance.now()))
    const { namespace, name = '' } = pods[(n * 7919) % pods.length] ?? {}
    const now = new Date().toISOString()
    store.update('pods', namespace, name, pod => ({ ...pod, status: touched(pod['status'], now) }))
  }
  tell({ kind: 'Churned' })
}

/** Readiness went and came: the moment is in the one timestamp of a pod that respread keeps. */
function touched(status: unknown, now: string): object {
  const { conditions, ...rest } = status as { readonly conditions: readonly { readonly type: string }[] }
  return {
    ...rest,
    conditions: conditions.map(condition => (condition.type === 'Ready' ? { ...condition, lastTransitionTime: now } : condition)),
  }
}

function turn(count: number): void {
  const nodes = store.list('nodes')
  for (let n = 0; n < count; n += 1) {
    const { name = '' } = nodes[nextToTurn % nodes.length]?.metadata ?? {}
    nextToTurn += 1
    store.update('nodes', undefined, name, node => {
      const { taints, ...spec } = (node['spec'] ?? {}) as { readonly taints?: unknown }
      return { ...node, spec: taints === undefined ? { ...spec, taints: [MAINTENANCE] } : spec }
    })
  }
  tell({ kind: 'Turned' })
}

function replace(count: number): void {
  for (const pod of store.list('pods').slice(0, count)) {
    const { namespace, name } = pod.metadata
    store.remove('pods', namespace, name)
    newest += 1
    store.create('pods', { ...pod, metadata: { ...pod.metadata, name: `${name.replace(/-new.*$/, '')}-new${newest}` } })
  }
  tell({ kind: 'Replaced' })
}

function trouble(how: Extract<ServerOrder, { readonly kind: 'Trouble' }>['how']): void {
  if (how === 'expire') server?.faults.expireEverything()
  else server?.faults.damageWatches({}, how)
  tell({ kind: 'Troubled' })
}

async function obey(order: ServerOrder): Promise<void> {
  switch (order.kind) {
    case 'Fill':
      return await fill(order)
    case 'Churn':
      return await churn(order.events, order.perSecond)
    case 'Turn':
      return turn(order.nodes)
    case 'Replace':
      return replace(order.pods)
    case 'Trouble':
      return trouble(order.how)
  }
}

process.on('message', (order: ServerOrder) => {
  obey(order).catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
})
process.once('disconnect', () => process.exit(0))
