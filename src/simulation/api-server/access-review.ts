import { isRawObject } from '../../cluster/raw-value.ts'
import type { AccessRules } from './access-rules.ts'
import { jsonAnswer, type Answer, type ApiRequest } from './api-request.ts'
import { jsonBody } from './json-body.ts'

/** POST of a SelfSubjectAccessReview: may I? Answered from the same rules that every request is held to. */
export function reviewAccess(access: AccessRules, request: Pick<ApiRequest, 'contentType' | 'body'>): Answer {
  const review = jsonBody(request)
  const spec = isRawObject(review['spec']) ? review['spec'] : {}
  const asked = isRawObject(spec['resourceAttributes']) ? spec['resourceAttributes'] : {}
  const text = (field: string): string | undefined => (typeof asked[field] === 'string' && asked[field] !== '' ? asked[field] : undefined)
  const allowed = access.isAllowed({
    verb: text('verb') ?? '',
    group: text('group') ?? '',
    resource: text('resource') ?? '',
    subresource: text('subresource'),
    namespace: text('namespace'),
    name: text('name'),
  })
  const status = allowed ? { allowed } : { allowed, reason: 'denied by a rule of the embedded API server' }
  return jsonAnswer(201, { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', metadata: {}, spec, status })
}
