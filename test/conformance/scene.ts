import { setTimeout as pause } from 'node:timers/promises'
import type { Call, Fields, Send } from './exchanges.ts'

/** The apps that the checks need in a cluster, and the budgets over them. */
const REPLICAS: Readonly<Record<string, number>> = { cart: 3, frozen: 2, twice: 2, web: 3 }
const BUDGETS: Readonly<Record<string, object>> = {
  frozen: budget('frozen', { maxUnavailable: 0 }),
  twice: budget('twice', { maxUnavailable: 1 }),
  'twice-too': budget('twice', { minAvailable: 1 }),
  web: budget('web', { maxUnavailable: 1 }),
}
const POLL_MS = 1_000
const POLLS = 100

/** Creates the apps and waits until all of them run and every budget has been counted. */
export async function setUpScene(send: Send, namespace: string): Promise<void> {
  await must(send, post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }))
  for (const [name, replicas] of Object.entries(REPLICAS)) {
    await must(send, post(`/apis/apps/v1/namespaces/${namespace}/deployments`, deployment(name, replicas)))
  }
  for (const [name, spec] of Object.entries(BUDGETS)) {
    const body = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name }, spec }
    await must(send, post(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`, body))
  }
  await settleScene(send, namespace)
}

/** Waits until there are as many pods as wanted, all of them Ready, and every budget has been counted, that of web allowing a disruption. */
export async function settleScene(send: Send, namespace: string): Promise<void> {
  const wanted = Object.values(REPLICAS).reduce((sum, replicas) => sum + replicas, 0)
  for (let polls = 0; polls < POLLS; polls++) {
    const pods = await itemsOf(send, `/api/v1/namespaces/${namespace}/pods`)
    const budgets = await itemsOf(send, `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`)
    const web = budgets.find(({ metadata }) => (metadata as Fields)['name'] === 'web')
    if (pods.length === wanted && pods.every(isReady) && budgets.every(isObserved) && allowed(web) > 0) return
    await pause(POLL_MS)
  }
  throw new Error(`the apps in namespace ${namespace} are not all Ready after ${(POLLS * POLL_MS) / 1_000} s`)
}

/** Deletes what was created, as far as the server lets it, and waits until it is gone, so that the next run can begin. */
export async function clearScene(send: Send, namespace: string): Promise<void> {
  for (const name of Object.keys(REPLICAS)) {
    await send({ method: 'DELETE', path: `/apis/apps/v1/namespaces/${namespace}/deployments/${name}?propagationPolicy=Background` })
  }
  const path = `/api/v1/namespaces/${namespace}`
  if ((await send({ method: 'DELETE', path })).status !== 200) return
  for (let polls = 0; polls < POLLS; polls++) {
    if ((await send({ method: 'GET', path })).status === 404) return
    await pause(POLL_MS)
  }
  throw new Error(`namespace ${namespace} is not gone after ${(POLLS * POLL_MS) / 1_000} s`)
}

async function must(send: Send, call: Call): Promise<void> {
  const { status, body } = await send(call)
  if (status !== 201) throw new Error(`${call.method} ${call.path}: ${status} ${JSON.stringify(body)}`)
}

async function itemsOf(send: Send, path: string): Promise<readonly Fields[]> {
  const { body } = await send({ method: 'GET', path })
  return (body as { items?: readonly Fields[] }).items ?? []
}

function post(path: string, body: object): Call {
  return { method: 'POST', path, contentType: 'application/json', body }
}

function deployment(name: string, replicas: number): object {
  const labels = { app: name }
  const container = { name: 'main', image: 'registry.k8s.io/pause:3.10', resources: { requests: { cpu: '10m', memory: '8Mi' } } }
  const template = { metadata: { labels }, spec: { terminationGracePeriodSeconds: 1, containers: [container] } }
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { replicas, selector: { matchLabels: labels }, template } }
}

function budget(app: string, limit: object): object {
  return { selector: { matchLabels: { app } }, ...limit }
}

function isObserved({ metadata, status }: Fields): boolean {
  return (status as Fields | undefined)?.['observedGeneration'] === (metadata as Fields)['generation']
}

function allowed(budget: Fields | undefined): number {
  return Number((budget?.['status'] as Fields | undefined)?.['disruptionsAllowed'])
}

/** Ready, and there to stay. */
function isReady({ metadata, status }: Fields): boolean {
  if ((metadata as Fields)['deletionTimestamp'] !== undefined) return false
  const { conditions = [] } = (status ?? {}) as { conditions?: readonly { type: string; status: string }[] }
  return conditions.some(condition => condition.type === 'Ready' && condition.status === 'True')
}
