import { badRequest, methodNotAllowed, noSuchResource } from './status.ts'
import { servedType, type ServedType, type Subresource } from './served-types.ts'

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

/** What a request asks of which resource, as the authorizer sees it (endpoints/request/requestinfo.go). */
export interface RequestInfo {
  readonly verb: Verb
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly subresource: string | undefined
  readonly namespace: string | undefined
  readonly name: string | undefined
}

/** The type and subresource a request reaches, once it is known that they are served. */
export interface Target {
  readonly type: ServedType
  readonly subresource: Subresource | undefined
  readonly namespace: string | undefined
  readonly name: string | undefined
}

/**
 * Reads a path below /api/v1 or /apis/GROUP/VERSION that goes on; undefined for every other path.
 * @throws StatusError 400 when a part of the path is no valid percent-encoding, 405 for a method that nothing knows
 */
export function requestInfo(method: string, pathname: string, query: URLSearchParams): RequestInfo | undefined {
  const parts = pathname
    .split('/')
    .filter(part => part !== '')
    .map(decoded)
  const isCore = parts[0] === 'api'
  if (!isCore && parts[0] !== 'apis') return undefined
  const [group, version, ...rest] = isCore ? ['', ...parts.slice(1)] : parts.slice(1)
  if (group === undefined || version === undefined || rest.length === 0) return undefined

  // /namespaces/NAME and its own two subresources are about the namespace, everything longer is about what is in it.
  const inNamespace = rest[0] === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(rest[2] ?? '')
  const namespace = inNamespace ? rest[1] : undefined
  const [resource = '', name, ...subresource] = inNamespace ? rest.slice(2) : rest
  return {
    verb: verbOf(method, name, query),
    group,
    version,
    resource,
    namespace,
    name,
    subresource: subresource.length === 0 ? undefined : subresource.join('/'),
  }
}

/** @throws StatusError 404 when there is no such resource or subresource at this path */
export function targetOf(info: RequestInfo): Target {
  const type = servedType(info.group, info.version, info.resource)
  const subresource = type?.subresources.find(served => served === info.subresource)
  if (type === undefined || (info.subresource !== undefined && subresource === undefined)) throw noSuchResource()
  if (type.namespaced ? info.name !== undefined && info.namespace === undefined : info.namespace !== undefined) throw noSuchResource()
  return { type, subresource, namespace: info.namespace, name: info.name }
}

export function isTrue(value: string | null): boolean {
  return value !== null && value !== '' && value !== 'false' && value !== '0'
}

function verbOf(method: string, name: string | undefined, query: URLSearchParams): Verb {
  switch (method) {
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    case 'DELETE':
      return name === undefined ? 'deletecollection' : 'delete'
    case 'GET':
      // One object by its name is read, even with watch=1; it is watched by a field selector.
      if (name !== undefined) return 'get'
      return isTrue(query.get('watch')) ? 'watch' : 'list'
    default:
      throw methodNotAllowed()
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw badRequest(`invalid URL escape in ${JSON.stringify(part)}`)
  }
}
