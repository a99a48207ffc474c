import PQueue from 'p-queue'
import type { Clock, Recorder } from '../rebalancing/ports.ts'
import { apiError } from './api-error.ts'
import { createBackOff, type RandomSource } from './back-off.ts'
import { ConnectionError } from './connection-error.ts'
import { askedWaitMs, isLasting, isRequestFailure } from './failures.ts'
import { fieldsOf } from './json.ts'
import { pause } from './pause.ts'
import { CLUSTER_RESOURCES } from './resources.ts'
import type { Transport } from './transport.ts'

/** One thing that a role may allow. */
export interface Permission {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource?: string
  /** Undefined: of any name. A role may allow one object alone. */
  readonly name?: string
  /** Undefined: in all namespaces. */
  readonly namespace?: string
}

/** What a report needs. */
export function permissionsToRead(): readonly Permission[] {
  return readable(['list'])
}

export interface RunIdentity {
  /** Of the lease and the history. */
  readonly namespace: string
  readonly leaseName: string
  readonly historyName: string
  /** Nothing is evicted, nothing written on pods, and the history only read. */
  readonly dryRun: boolean
  /** Deletion costs are written on pods of workloads under an autoscaler. */
  readonly deletionCosts: boolean
}

/** What `run` and `once` need. */
export function permissionsToRun({ namespace, leaseName, historyName, dryRun, deletionCosts }: RunIdentity): readonly Permission[] {
  const lease = { group: 'coordination.k8s.io', resource: 'leases', namespace }
  const history = { group: '', resource: 'configmaps', namespace }
  return [
    ...readable(['list', 'watch']),
    { verb: 'get', ...lease, name: leaseName },
    { verb: 'update', ...lease, name: leaseName },
    { verb: 'create', ...lease },
    { verb: 'get', ...history, name: historyName },
    ...(dryRun
      ? []
      : [
          { verb: 'update', ...history, name: historyName },
          { verb: 'create', ...history },
          { verb: 'create', group: '', resource: 'pods', subresource: 'eviction' },
        ]),
    ...(deletionCosts ? permissionsForDeletionCosts(dryRun) : []),
  ]
}

/** Without autoscalers nothing would be written, in silence: what is optional otherwise is wanted here. */
function permissionsForDeletionCosts(dryRun: boolean): readonly Permission[] {
  const autoscalers = { group: 'autoscaling', resource: 'horizontalpodautoscalers' }
  const pods = { group: '', resource: 'pods' }
  return [
    { verb: 'list', ...autoscalers },
    { verb: 'watch', ...autoscalers },
    ...(dryRun
      ? []
      : [
          { verb: 'get', ...pods },
          { verb: 'patch', ...pods },
        ]),
  ]
}

export interface ReviewOptions {
  readonly clock: Clock
  readonly random: RandomSource
  readonly signal: AbortSignal
}

/** One question is asked this often; a server that is only just starting, or busy, is no reason to end. */
const ATTEMPTS = 5

/**
 * Asks the server which of these are missing, so that a person hears of all at once and before anything is done.
 * @throws ApiError or ConnectionError when the server does not say; nothing is asked any more by then
 */
export async function missingPermissions(
  transport: Transport,
  wanted: readonly Permission[],
  options: ReviewOptions,
): Promise<readonly Permission[]> {
  // A few at a time, so that two dozen questions do not open as many connections.
  const queue = new PQueue({ concurrency: 4 })
  const givenUp = new AbortController()
  const asking = { ...options, signal: AbortSignal.any([options.signal, givenUp.signal]) }
  const answers = await queue
    .addAll(wanted.map(permission => () => isAllowed(transport, permission, asking)))
    .catch(async (error: unknown) => {
      // Questions that went on being asked, for minutes, would keep alive a process that is to end.
      queue.clear()
      givenUp.abort()
      await queue.onIdle()
      throw error
    })
  return wanted.filter((_, at) => answers[at] === false)
}

async function isAllowed(transport: Transport, permission: Permission, { clock, random, signal }: ReviewOptions): Promise<boolean> {
  const backOff = createBackOff(random)
  for (let attempt = 1; ; attempt++) {
    try {
      return await review(transport, permission, clock, signal)
    } catch (error) {
      signal.throwIfAborted()
      const isUnreachable = error instanceof ConnectionError && !error.maybeSent
      if (isUnreachable || isLasting(error) || !isRequestFailure(error) || attempt >= ATTEMPTS) throw error
      await pause(clock, backOff.next(askedWaitMs(error)), signal)
      signal.throwIfAborted()
    }
  }
}

async function review(transport: Transport, resourceAttributes: Permission, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } }
  const response = await transport.request('POST', path, { body, signal })
  if (response.status !== 201) throw apiError('POST', path, response, clock.now())
  return fieldsOf(fieldsOf(JSON.parse(response.body))['status'])['allowed'] === true
}

/** Events are for people who look at an object; without them everything else works, and a person ought to know. */
export async function warnWithoutEvents(transport: Transport, recorder: Recorder, options: ReviewOptions): Promise<void> {
  const missing = await missingPermissions(transport, [{ verb: 'create', group: 'events.k8s.io', resource: 'events' }], options)
  if (missing.length === 0) return
  const message = `${describeMissing(missing)} everywhere: what is not told there stands in log and metrics all the same`
  recorder.record({ reason: 'EventsForbidden', level: 'warning', message })
}

/** One sentence that lists what is missing, verbs of one resource together. */
export function describeMissing(missing: readonly Permission[]): string {
  const verbs = new Map<string, string[]>()
  for (const { verb, group, resource, subresource, name, namespace } of missing) {
    const what = `${resource}${subresource === undefined ? '' : `/${subresource}`}${group === '' ? '' : `.${group}`}`
    const which = name === undefined ? what : `${what} "${name}"`
    const where = namespace === undefined ? which : `${which} in namespace ${namespace}`
    verbs.set(where, [...(verbs.get(where) ?? []), verb])
  }
  return `not allowed to ${[...verbs].map(([where, list]) => `${list.join(' and ')} ${where}`).join(', ')}`
}

function readable(verbs: readonly string[]): readonly Permission[] {
  const needed = CLUSTER_RESOURCES.filter(({ required }) => required)
  return needed.flatMap(({ group, plural }) => verbs.map(verb => ({ verb, group, resource: plural })))
}
