import { describe, expect, it } from 'vitest'
import { describeCall } from './api-call.ts'
import { apiError } from './api-error.ts'

const now = Date.parse('2026-11-21T10:00:00Z')

function status(fields: object): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', ...fields })
}

describe('describeCall', () => {
  it.each([
    ['GET', '/api/v1/pods?limit=500', { verb: 'list', resource: 'pods', namespace: undefined }],
    ['GET', '/api/v1/namespaces?watch=true&limit=1', { verb: 'watch', resource: 'namespaces', namespace: undefined }],
    ['GET', '/api/v1/namespaces/shop', { verb: 'get', resource: 'namespaces', namespace: undefined }],
    ['GET', '/apis/policy/v1/poddisruptionbudgets', { verb: 'list', resource: 'poddisruptionbudgets.policy', namespace: undefined }],
    ['POST', '/api/v1/namespaces/shop/pods/web-1/eviction', { verb: 'create', resource: 'pods/eviction', namespace: 'shop' }],
    [
      'PUT',
      '/apis/coordination.k8s.io/v1/namespaces/default/leases/respread',
      { verb: 'update', resource: 'leases.coordination.k8s.io', namespace: 'default' },
    ],
    ['GET', '/version', { verb: 'get', resource: '/version', namespace: undefined }],
  ])('%s %s', (method, path, call) => {
    expect(describeCall(method, path)).toEqual(call)
  })
})

describe('apiError', () => {
  it('names verb and resource when RBAC refuses', () => {
    const body = status({ code: 403, reason: 'Forbidden', message: 'pods is forbidden: User "eve" cannot list resource "pods"' })

    const error = apiError('GET', '/api/v1/pods?limit=500', { status: 403, headers: {}, body }, now)

    expect(error.message).toBe('cannot list pods: not allowed (403 Forbidden): pods is forbidden: User "eve" cannot list resource "pods"')
    expect(error).toMatchObject({ status: 403, reason: 'Forbidden' })
  })

  it('says that credentials are not accepted, without repeating the word Unauthorized', () => {
    const body = status({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' })

    const error = apiError('GET', '/api/v1/nodes', { status: 401, headers: {}, body }, now)

    expect(error.message).toBe('cannot list nodes: the API server does not accept the credentials (401 Unauthorized)')
  })

  it.each([
    ['plain text of priority and fairness', 429, 'Too many requests, please try again later.\n', /busy \(429\): Too many requests/],
    ['an error page of a load balancer', 502, '<html>\n<h1>Bad   Gateway</h1>', /answered 502: <html> <h1>Bad Gateway/],
    ['half a JSON document', 500, '{"kind":"Status","mess', /answered 500: \{"kind"/],
    ['nothing', 503, '', /answered 503$/],
    ['a Status whose fields have other types', 500, '{"kind":"Status","message":7,"details":[1],"code":"x"}', /answered 500$/],
  ])('makes do with %s', (_, code, body, expected) => {
    expect(apiError('GET', '/api/v1/pods', { status: code, headers: {}, body }, now).message).toMatch(expected)
  })

  it('keeps the causes and prefers the Retry-After header to the one in the body', () => {
    const body = status({ code: 429, details: { retryAfterSeconds: 7, causes: [{ reason: 'A', message: 'a' }, 'odd'] } })

    expect(apiError('GET', '/api/v1/pods', { status: 429, headers: {}, body }, now)).toMatchObject({
      retryAfterMs: 7_000,
      causes: [{ reason: 'A', message: 'a' }],
    })
    expect(apiError('GET', '/api/v1/pods', { status: 429, headers: { 'retry-after': '2' }, body }, now).retryAfterMs).toBe(2_000)
  })
})
