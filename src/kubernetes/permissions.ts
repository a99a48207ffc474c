import PQueue from 'p-queue'
import type { Clock } from '../rebalancing/ports.ts'
import { apiError } from './api-error.ts'
import { fieldsOf } from './json.ts'
import { CLUSTER_RESOURCES } from './resources.ts'
import type { Transport } from './transport.ts'

/** One thing that a role may allow. */
export interface Permission {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource?: string
  /** Undefined: in all namespaces. */
  readonly namespace?: string
}

/** What a report needs. */
export function permissionsToRead(): readonly Permission[] {
  return readable(['list'])
}

/** What a run needs that evicts; `namespace` is its own, with the lease and the history. */
export function permissionsToRun(namespace: string): readonly Permission[] {
  const own = (group: string, resource: string): readonly Permission[] =>
    ['get', 'create', 'update'].map(verb => ({ verb, group, resource, namespace }))
  return [
    ...readable(['list', 'watch']),
    { verb: 'create', group: '', resource: 'pods', subresource: 'eviction' },
    ...own('coordination.k8s.io', 'leases'),
    ...own('', 'configmaps'),
  ]
}

/**
 * Asks the server which of these are missing, so that a person hears of all at once and before anything is done.
 * @throws ApiError or ConnectionError when the server does not say
 */
export async function missingPermissions(
  transport: Transport,
  wanted: readonly Permission[],
  options: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<readonly Permission[]> {
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
  const isAllowed = async (resourceAttributes: Permission): Promise<boolean> => {
    const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } }
    const response = await transport.request('POST', path, { body, signal: options.signal })
    if (response.status !== 201) throw apiError('POST', path, response, options.clock.now())
    return fieldsOf(fieldsOf(JSON.parse(response.body))['status'])['allowed'] === true
  }
  // A few at a time, so that two dozen questions do not open as many connections.
  const answers = await new PQueue({ concurrency: 4 }).addAll(wanted.map(permission => () => isAllowed(permission)))
  return wanted.filter((_, at) => answers[at] === false)
}

/** One sentence that lists what is missing, verbs of one resource together. */
export function describeMissing(missing: readonly Permission[]): string {
  const verbs = new Map<string, string[]>()
  for (const { verb, group, resource, subresource, namespace } of missing) {
    const what = `${resource}${subresource === undefined ? '' : `/${subresource}`}${group === '' ? '' : `.${group}`}`
    const where = namespace === undefined ? what : `${what} in namespace ${namespace}`
    verbs.set(where, [...(verbs.get(where) ?? []), verb])
  }
  return `not allowed to ${[...verbs].map(([where, list]) => `${list.join(' and ')} ${where}`).join(', ')}`
}

function readable(verbs: readonly string[]): readonly Permission[] {
  const needed = CLUSTER_RESOURCES.filter(({ required }) => required)
  return needed.flatMap(({ group, plural }) => verbs.map(verb => ({ verb, group, resource: plural })))
}
