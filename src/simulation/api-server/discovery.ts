import { jsonAnswer, type Answer } from './api-request.ts'
import { apiVersionOf } from '../resource-types.ts'
import { openapi } from './openapi.ts'
import { SERVED_TYPES, type ServedType, type Subresource } from './served-types.ts'

/** As /version of the server whose answers this one follows. */
const VERSION = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.2',
  gitCommit: '$Format:%H$',
  gitTreeState: '',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'go1.26.11',
  compiler: 'gc',
  platform: 'linux/amd64',
}

const VERBS = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch']
const SUBRESOURCE_VERBS: Readonly<Record<Subresource, readonly string[]>> = {
  status: ['get', 'patch', 'update'],
  scale: ['get', 'patch', 'update'],
  eviction: ['create'],
  binding: ['create'],
}
const SUBRESOURCE_KINDS: Readonly<Record<Exclude<Subresource, 'status'>, object>> = {
  scale: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction' },
  binding: { kind: 'Binding' },
}
/** What `kubectl get all` means. */
const IN_ALL: ReadonlySet<string> = new Set([
  'pods',
  'services',
  'replicationcontrollers',
  'deployments',
  'replicasets',
  'statefulsets',
  'daemonsets',
  'jobs',
  'horizontalpodautoscalers',
])
const ACCESS_REVIEWS = {
  name: 'selfsubjectaccessreviews',
  singularName: 'selfsubjectaccessreview',
  namespaced: false,
  kind: 'SelfSubjectAccessReview',
  verbs: ['create'],
}

/** What kubectl asks for before it asks for anything else; undefined for every other path. */
export function discovery(pathname: string): Answer | undefined {
  if (pathname.startsWith('/openapi/')) return openapi(pathname)
  if (pathname === '/version') return jsonAnswer(200, VERSION)
  if (pathname === '/healthz' || pathname === '/readyz' || pathname === '/livez') {
    return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'ok' }
  }
  if (pathname === '/api') return jsonAnswer(200, { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] })
  if (pathname === '/apis')
    return jsonAnswer(200, { kind: 'APIGroupList', apiVersion: 'v1', groups: groups().map(([name, version]) => group(name, version)) })
  if (pathname === '/api/v1') return jsonAnswer(200, resourceList('', 'v1'))
  const [, name = '', version] = /^\/apis\/([^/]+)(?:\/([^/]+))?$/.exec(pathname) ?? []
  const served = groups().find(([known]) => known === name)
  if (served === undefined) return undefined
  if (version === undefined) return jsonAnswer(200, { kind: 'APIGroup', apiVersion: 'v1', ...group(...served) })
  return version === served[1] ? jsonAnswer(200, resourceList(name, version)) : undefined
}

function groups(): readonly (readonly [name: string, version: string])[] {
  const versions = new Map(SERVED_TYPES.filter(type => type.group !== '').map(type => [type.group, type.version]))
  return [...versions, ['authorization.k8s.io', 'v1']]
}

function group(name: string, version: string): object {
  const groupVersion = { groupVersion: `${name}/${version}`, version }
  return { name, versions: [groupVersion], preferredVersion: groupVersion }
}

function resourceList(group: string, version: string): object {
  const types = SERVED_TYPES.filter(type => type.group === group && type.version === version)
  const resources = group === 'authorization.k8s.io' ? [ACCESS_REVIEWS] : types.flatMap(resourcesOf)
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersionOf({ group, version }), resources }
}

function resourcesOf({ resource, kind, namespaced, shortNames, subresources }: ServedType): readonly object[] {
  const itself = { name: resource, singularName: kind.toLowerCase(), namespaced, kind, verbs: VERBS }
  return [
    { ...itself, ...(shortNames.length > 0 && { shortNames }), ...(IN_ALL.has(resource) && { categories: ['all'] }) },
    ...subresources.map(subresource => ({
      name: `${resource}/${subresource}`,
      singularName: '',
      namespaced,
      ...(subresource === 'status' ? { kind } : SUBRESOURCE_KINDS[subresource]),
      verbs: SUBRESOURCE_VERBS[subresource],
    })),
  ]
}
