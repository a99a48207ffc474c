import { isRawObject } from '../../cluster/raw-value.ts'
import { evictPod, type EvictionResult } from '../eviction.ts'
import { findCondition } from '../conditions.ts'
import type { BudgetObject } from '../wire-objects.ts'
import { jsonAnswer, type Answer, type ApiContext, type ApiRequest } from './api-request.ts'
import { invalidObject, invalidValue } from './field-errors.ts'
import { jsonBody, otherNamespace } from './json-body.ts'
import { refuseMissingNamespace, toDeleteOptions } from './object-requests.ts'
import { isDryRun } from './object-validation.ts'
import { badRequest, refusedByStore, StatusError, success } from './status.ts'

const REFUSED = "Cannot evict pod as it would violate the pod's disruption budget."
/** Seconds that the server asks for while a budget's controller is behind. */
const RETRY_AFTER = 10

/** POST .../pods/NAME/eviction with a policy/v1 Eviction. */
export function evict({ store, now }: ApiContext, request: ApiRequest): Answer {
  const { namespace = '', name = '', query } = request
  const eviction = jsonBody(request)
  const { apiVersion = 'policy/v1', kind = 'Eviction', metadata = {}, deleteOptions: options = {} } = eviction
  if (kind !== 'Eviction' || (apiVersion !== 'policy/v1' && apiVersion !== 'policy/v1beta1')) {
    throw badRequest(
      `${String(kind)} in version ${JSON.stringify(apiVersion)} cannot be handled as a Eviction; legal is policy/v1 Eviction`,
    )
  }
  if (!isRawObject(metadata) || !isRawObject(options)) {
    throw badRequest('Eviction in version "v1" cannot be handled as a Eviction: metadata and deleteOptions must be objects')
  }
  if ((metadata['namespace'] ?? namespace) !== namespace) throw otherNamespace()
  refuseMissingNamespace(store, namespace)
  if (metadata['name'] !== name) throw badRequest('name in URL does not match name in Eviction object')
  if (options['ignoreStoreReadErrorWithClusterBreakingPotential'] === true) {
    const field = 'deleteOptions.ignoreStoreReadErrorWithClusterBreakingPotential'
    const why = 'can not be set for pod eviction, try after removing the option'
    throw invalidObject('policy', 'Eviction', name, [invalidValue(field, true, why)])
  }
  const call = { namespace, name, options: toDeleteOptions(options, new URLSearchParams()), dryRun: readDryRun(query, options['dryRun']) }
  return answerTo(evictPod(store, call, now()))
}

/** Said in the query, in the options, or in both alike. */
function readDryRun(query: URLSearchParams, inOptions: unknown): boolean {
  const listed = Array.isArray(inOptions) ? inOptions.map(String) : []
  const asked = query.getAll('dryRun')
  if (listed.length > 0 && asked.length > 0 && listed.join(',') !== asked.join(',')) {
    throw new StatusError(500, undefined, `Non-matching dry-run options in request and content: ${asked.join(',')} and ${listed.join(',')}`)
  }
  return isDryRun(listed, 'DeleteOptions') || isDryRun(asked, 'CreateOptions')
}

function answerTo(result: EvictionResult): Answer {
  switch (result.kind) {
    case 'evicted':
      return jsonAnswer(201, success(201))
    case 'severalBudgets':
      throw new StatusError(
        500,
        undefined,
        'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      )
    case 'lagging':
      throw new StatusError(429, 'TooManyRequests', REFUSED, {
        causes: [cause(`The disruption budget ${result.budget.metadata.name} is still being processed by the server.`)],
        retryAfterSeconds: RETRY_AFTER,
      })
    case 'exhausted':
      // No time to come back at: nobody knows when a pod will be healthy again.
      throw new StatusError(429, 'TooManyRequests', REFUSED, { causes: [cause(whyExhausted(result.budget))] })
    case 'forbidden': {
      const { name } = result.budget.metadata
      const message = `poddisruptionbudget.policy "${name}" is forbidden: ${result.message}`
      throw new StatusError(403, 'Forbidden', message, { name, group: 'policy', kind: 'poddisruptionbudget' })
    }
    case 'refused':
      throw refusedByStore(result.refusal)
  }
}

function whyExhausted({ metadata, status }: BudgetObject): string {
  const condition = findCondition(status?.conditions, 'DisruptionAllowed')
  if (condition?.status === 'False' && condition.reason === 'SyncFailed') {
    return `The disruption budget ${metadata.name} does not allow evicting pods currently because it failed sync: ${condition.message}`
  }
  const desired = Number(status?.['desiredHealthy'] ?? 0)
  const current = Number(status?.['currentHealthy'] ?? 0)
  if (current <= desired) return `The disruption budget ${metadata.name} needs ${desired} healthy pods and has ${current} currently`
  // Enough are healthy: others have been evicted since its controller last counted.
  const why = condition?.status === 'False' && condition.message ? ` (${condition.reason}): ${condition.message}` : ''
  return `The disruption budget ${metadata.name} does not allow evicting pods currently${why}`
}

function cause(message: string): { readonly reason: string; readonly message: string } {
  return { reason: 'DisruptionBudget', message }
}
