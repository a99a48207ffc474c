import type { RequestInfo } from './request-info.ts'
import { StatusError } from './status.ts'

/** What a rule is about. An absent field means any; `subresource` absent means the resource and all its subresources. */
export interface RequestMatch {
  readonly verb?: string
  readonly resource?: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
}

export type Attributes = Pick<RequestInfo, 'group' | 'resource' | 'subresource' | 'namespace' | 'name'> & { readonly verb: string }

export interface AccessRules {
  /** Denies what the rule matches until the returned function is called. Everything else is allowed. */
  deny(rule: RequestMatch): () => void
  isAllowed(attributes: Attributes): boolean
}

export function createAccessRules(denials: readonly RequestMatch[]): AccessRules {
  const rules = new Set(denials)
  return {
    deny(rule) {
      rules.add(rule)
      return () => rules.delete(rule)
    },
    isAllowed: attributes => !rules.values().some(rule => matches(rule, attributes)),
  }
}

export function matches(match: RequestMatch, attributes: Attributes): boolean {
  return (
    (match.verb ?? attributes.verb) === attributes.verb &&
    (match.resource ?? attributes.resource) === attributes.resource &&
    (match.subresource ?? attributes.subresource) === attributes.subresource &&
    (match.namespace ?? attributes.namespace) === attributes.namespace &&
    (match.name ?? attributes.name) === attributes.name
  )
}

/** The 403 of the RBAC authorizer (responsewriters.ForbiddenStatusError). */
export function forbidden(user: string, { verb, group, resource, subresource, namespace, name }: Attributes): StatusError {
  const qualified = group === '' ? resource : `${resource}.${group}`
  const what = name === undefined ? qualified : `${qualified} "${name}"`
  const path = subresource === undefined ? resource : `${resource}/${subresource}`
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`
  const message = `${what} is forbidden: User "${user}" cannot ${verb} resource "${path}" in API group "${group}" ${where}`
  return new StatusError(403, 'Forbidden', message, {
    ...(name !== undefined && { name }),
    ...(group !== '' && { group }),
    kind: resource,
  })
}
