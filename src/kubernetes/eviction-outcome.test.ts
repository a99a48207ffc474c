import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { EvictionOutcome } from '../rebalancing/ports.ts'
import { evictionOutcome } from './eviction-outcome.ts'

interface Recorded {
  readonly what: string
  readonly response: { readonly status: number; readonly headers: Record<string, string>; readonly body: object }
}

const recorded = JSON.parse(
  readFileSync(new URL('../../test/fixtures/eviction-answers.json', import.meta.url), 'utf8'),
) as readonly Recorded[]
const now = Date.parse('2026-11-21T10:00:00Z')

function outcome(code: number, body: unknown, headers: Record<string, string> = {}): EvictionOutcome {
  const text = typeof body === 'string' ? body : JSON.stringify({ kind: 'Status', code, ...(body as object) })
  return evictionOutcome('/api/v1/namespaces/shop/pods/web-1/eviction', { status: code, headers, body: text }, now)
}

describe('what a real API server answers', () => {
  it.each<[what: string, expected: object]>([
    ['eviction, dry run', { kind: 'Accepted' }],
    ['eviction', { kind: 'Accepted' }],
    ['eviction of a pod that is terminating already', { kind: 'Accepted' }],
    ['eviction with a wrong uid precondition', { kind: 'Replaced', message: expect.stringContaining('does not match the UID in record') }],
    [
      'eviction refused: the budget allows none',
      { kind: 'BudgetExhausted', message: 'The disruption budget frozen needs 4 healthy pods and has 4 currently' },
    ],
    [
      'eviction of a pod covered by two budgets',
      {
        kind: 'SeveralBudgets',
        message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      },
    ],
    ['eviction of a pod that does not exist', { kind: 'Gone' }],
    [
      'eviction whose body names another pod',
      {
        kind: 'Invalid',
        message:
          'cannot create pods/eviction in namespace shop: the API server answered 400 BadRequest: name in URL does not match name in Eviction object',
      },
    ],
    [
      'eviction while observedGeneration < generation',
      { kind: 'BudgetLagging', retryAfterMs: 10_000, message: 'The disruption budget web is still being processed by the server.' },
    ],
  ])('%s', (what, expected) => {
    const { response } = recorded.find(answer => answer.what === what)!

    expect(
      evictionOutcome('/api/v1/namespaces/shop/pods/web-1/eviction', { ...response, body: JSON.stringify(response.body) }, now),
    ).toEqual(expected)
  })
})

describe('what else may be answered', () => {
  it.each<[what: string, actual: EvictionOutcome, expected: object]>([
    ['200 as documented', outcome(200, {}), { kind: 'Accepted' }],
    [
      'API priority and fairness, in plain text',
      outcome(429, 'Too many requests, please try again later.\n', { 'retry-after': '3' }),
      { kind: 'Throttled', retryAfterMs: 3_000 },
    ],
    ['the same without a time', outcome(429, 'Too many requests'), { kind: 'Throttled', retryAfterMs: 1_000 }],
    ['429 as a Status without the cause', outcome(429, { reason: 'TooManyRequests', message: 'busy' }), { kind: 'Throttled' }],
    [
      '429 of a webhook that moves the pod itself',
      outcome(429, {
        message: 'admission webhook "virt-launcher-eviction" denied the request: Eviction triggered evacuation of VMI "a/b"',
      }),
      { kind: 'RefusedByWebhook', message: expect.stringContaining('Eviction triggered evacuation') },
    ],
    [
      'a lagging budget told in the body alone',
      outcome(429, { details: { retryAfterSeconds: 10, causes: [{ reason: 'DisruptionBudget', message: 'still being processed' }] } }),
      { kind: 'BudgetLagging', retryAfterMs: 10_000, message: 'still being processed' },
    ],
    [
      'a budget with too many unconfirmed evictions',
      outcome(403, {
        reason: 'Forbidden',
        message:
          'poddisruptionbudget.policy "web" is forbidden: DisruptedPods map too big - too many evictions not confirmed by PDB controller',
        details: { group: 'policy', kind: 'poddisruptionbudget', name: 'web' },
      }),
      { kind: 'BudgetLagging', retryAfterMs: 10_000 },
    ],
    [
      'missing permission',
      outcome(403, {
        reason: 'Forbidden',
        message: 'pods "web-1" is forbidden: User "eve" cannot create resource "pods/eviction"',
        details: { kind: 'pods' },
      }),
      { kind: 'Forbidden', message: expect.stringContaining('cannot create pods/eviction in namespace shop: not allowed (403 Forbidden)') },
    ],
    [
      'a role that a server has not read yet after its own start',
      outcome(403, {
        reason: 'Forbidden',
        message:
          'pods "web-1" is forbidden: User "eve" cannot create resource "pods/eviction" in API group "" in the namespace "shop": RBAC: clusterrole.rbac.authorization.k8s.io "respread-eviction" not found',
        details: { kind: 'pods' },
      }),
      { kind: 'Throttled', retryAfterMs: 10_000 },
    ],
    [
      'an admission plugin that has not read its caches yet',
      outcome(403, {
        reason: 'Forbidden',
        message: 'pods "web-1" is forbidden: not yet ready to handle request',
        details: { kind: 'pods' },
      }),
      { kind: 'Throttled', retryAfterMs: 10_000 },
    ],
    [
      'a namespace that is being deleted',
      outcome(403, {
        reason: 'Forbidden',
        message: 'pods "web-1" is forbidden: unable to create new content in namespace shop because it is being terminated',
        details: { kind: 'pods', causes: [{ reason: 'NamespaceTerminating', message: 'namespace shop is being terminated' }] },
      }),
      { kind: 'RefusedByWebhook', message: expect.stringContaining('it is being terminated') },
    ],
    ['a proxy that lets nobody through', outcome(403, '<html>no</html>'), { kind: 'Forbidden' }],
    [
      'a webhook that denies',
      outcome(403, { message: 'admission webhook "guard.example.com" denied the request: not on Fridays' }),
      { kind: 'RefusedByWebhook', message: 'admission webhook "guard.example.com" denied the request: not on Fridays' },
    ],
    [
      'an admission policy that denies',
      outcome(422, { message: "ValidatingAdmissionPolicy 'guard' with binding 'all' denied request: no" }),
      { kind: 'RefusedByWebhook' },
    ],
    [
      'a webhook that cannot be called',
      outcome(500, { reason: 'InternalError', message: 'Internal error occurred: failed calling webhook "guard.example.com": timeout' }),
      { kind: 'RefusedByWebhook', message: 'Internal error occurred: failed calling webhook "guard.example.com": timeout' },
    ],
    [
      'a budget with too many writers',
      outcome(409, { reason: 'Conflict', message: 'the object has been modified', details: { kind: 'poddisruptionbudgets', name: 'web' } }),
      { kind: 'Conflict' },
    ],
    [
      'a pod changed by somebody else',
      outcome(409, { reason: 'Conflict', message: 'the object has been modified', details: { kind: 'pods' } }),
      { kind: 'Conflict' },
    ],
    ['a namespace that is gone', outcome(404, { reason: 'NotFound', details: { kind: 'namespaces', name: 'shop' } }), { kind: 'Gone' }],
    [
      'a path that is not served',
      outcome(404, { reason: 'NotFound', message: 'the server could not find the requested resource', details: {} }),
      { kind: 'Invalid' },
    ],
    ['a path that a proxy does not know', outcome(404, '404 page not found'), { kind: 'Invalid' }],
    ['credentials that are not accepted', outcome(401, { reason: 'Unauthorized' }), { kind: 'Throttled' }],
    ['an invalid request', outcome(422, { reason: 'Invalid', message: 'no' }), { kind: 'Invalid' }],
    ['a server that is starting', outcome(503, 'starting', { 'retry-after': '5' }), { kind: 'Throttled', retryAfterMs: 5_000 }],
    ['a gateway without a server', outcome(503, '<html>'), { kind: 'Lost' }],
    ['a gateway that waited too long', outcome(504, '<html>'), { kind: 'Lost' }],
    ['a server that took too long', outcome(504, { reason: 'Timeout', details: { retryAfterSeconds: 1 } }), { kind: 'Lost' }],
    ['a failure half-way', outcome(500, { message: 'etcdserver: request timed out' }), { kind: 'Lost' }],
  ])('%s', (_, actual, expected) => {
    expect(actual).toMatchObject(expected)
  })
})
