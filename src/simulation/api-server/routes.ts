import type { Answer, ApiContext, ApiRequest } from './api-request.ts'
import { bind } from './binding-request.ts'
import { evict } from './eviction-request.ts'
import { list } from './list.ts'
import { create, get, patch, remove, replace } from './object-requests.ts'
import { scale } from './scale.ts'
import { methodNotAllowed } from './status.ts'

type Handler = (context: ApiContext, request: ApiRequest) => Answer

/** Answers everything but watches. @throws StatusError, 405 where the path does not know the verb */
export function answerRequest(context: ApiContext, request: ApiRequest): Answer {
  const handler = request.subresource === undefined ? objectHandler(request) : subresourceHandler(request)
  if (handler === undefined) throw methodNotAllowed()
  return handler(context, request)
}

function objectHandler({ verb, name, type, namespace }: ApiRequest): Handler | undefined {
  switch (verb) {
    case 'list':
      return list
    case 'create':
      return name === undefined && type.namespaced === (namespace !== undefined) ? create : undefined
    case 'get':
      return get
    case 'update':
      return name === undefined ? undefined : replace
    case 'patch':
      return name === undefined ? undefined : patch
    case 'delete':
      return remove
    case 'deletecollection':
    case 'watch':
      return undefined
  }
}

function subresourceHandler({ subresource, verb }: ApiRequest): Handler | undefined {
  switch (subresource) {
    case 'eviction':
      return verb === 'create' ? evict : undefined
    case 'binding':
      return verb === 'create' ? bind : undefined
    case 'scale':
      return verb === 'get' || verb === 'update' || verb === 'patch' ? scale : undefined
    case 'status':
      if (verb === 'get') return get
      if (verb === 'update') return replace
      return verb === 'patch' ? patch : undefined
    case undefined:
      return undefined
  }
}
