import { jsonAnswer, type Answer } from './api-request.ts'
import { SERVED_TYPES, type ServedType } from './served-types.ts'

const ROOT = '/openapi/v3'

/**
 * As much of OpenAPI v3 as `kubectl apply` and `create` want to see before they send anything: that a PATCH of the type knows fieldValidation, so that
 * the server may be left to judge the fields. This one takes them as they come. Undefined for every other path.
 */
export function openapi(pathname: string): Answer | undefined {
  const groupVersions = Map.groupBy(SERVED_TYPES, ({ group, version }) => (group === '' ? `api/${version}` : `apis/${group}/${version}`))
  if (pathname === ROOT) {
    const documents = Array.from(groupVersions.keys(), path => [path, { serverRelativeURL: `${ROOT}/${path}` }])
    return jsonAnswer(200, { paths: Object.fromEntries(documents) })
  }
  const path = pathname.slice(ROOT.length + 1)
  const types = pathname.startsWith(`${ROOT}/`) ? groupVersions.get(path) : undefined
  if (types === undefined) return undefined
  const paths = Object.fromEntries(types.map(type => [`/${path}${pathOf(type)}`, { patch: patchOf(type) }]))
  return jsonAnswer(200, { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.36.2' }, paths })
}

function pathOf({ namespaced, resource }: ServedType): string {
  return `${namespaced ? '/namespaces/{namespace}' : ''}/${resource}/{name}`
}

function patchOf({ group, version, kind }: ServedType): object {
  return {
    parameters: [{ name: 'fieldValidation', in: 'query', schema: { type: 'string' } }],
    responses: {},
    'x-kubernetes-group-version-kind': { group, version, kind },
  }
}
