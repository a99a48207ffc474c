import { isRawObject } from '../../cluster/raw-value.ts'
import { evictPod, type EvictionResult } from '../eviction.ts'
import { findCondition } from '../conditions.ts'
import type { BudgetObject } from '../wire-objects.ts'
import { jsonAnswer, type Answer, type ApiContext, type ApiRequest } from './api-request.ts'
import { invalidObject, forbiddenField } from './field-errors.ts'
import { jsonBody } from './json-body.ts'
import { toDeleteOptions } from './object-requests.ts'
import { isDryRun } from './object-validation.ts'
import { badRequest, refusedByStore, StatusError, success } from './status.ts'

const REFUSED = "Cannot evict pod as it would violate the pod's disruption budget."
/** Seconds that the server asks for while a budget's controller is behind. */
const RETRY_AFTER = 10

/** POST .../pods/NAME/eviction with a policy/v1 Eviction. */
export function evict({ store, now }: ApiContext, request: ApiRequest): Answer {
  const { namespace = '', name = '', query } = request
  const eviction = jsonBody(request)
  if (eviction['kind'] !== 'Eviction' || !['policy/v1', 'policy/v1beta1'].includes(String(eviction['apiVersion']))) {
    throw badRequest(
      `no kind "${String(eviction['kind'])}" is registered for version "${String(eviction['apiVersion'])}"; legal is policy/v1 Eviction`,
    )
  }
  const metadata = isRawObject(eviction['metadata']) ? eviction['metadata'] : {}
  if (metadata['name'] !== name) throw badRequest('name in URL does not match name in Eviction object')
  const options = isRawObject(eviction['deleteOptions']) ? eviction['deleteOptions'] : {}
  if (options['ignoreStoreReadErrorWithClusterBreakingPotential'] === true) {
    const field = 'ignoreStoreReadErrorWithClusterBreakingPotential'
    throw invalidObject('policy', 'DeleteOptions', name, [forbiddenField(field, 'is not allowed for eviction')])
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
  return isDryRun(asked.length > 0 ? asked : listed, 'DeleteOptions')
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
  const { desiredHealthy = 0, currentHealthy = 0 } = status ?? {}
  return `The disruption budget ${metadata.name} needs ${String(desiredHealthy)} healthy pods and has ${String(currentHealthy)} currently`
}

function cause(message: string): { readonly reason: string; readonly message: string } {
  return { reason: 'DisruptionBudget', message }
}
