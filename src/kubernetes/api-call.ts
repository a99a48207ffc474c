/** What a request asks for in the words of RBAC. */
export interface ApiCall {
  readonly verb: string
  /** Plural name, with its group and subresource where there is one: `pods/eviction`, `poddisruptionbudgets.policy`. */
  readonly resource: string
  readonly namespace: string | undefined
}

/** Names what a request does, from its method and path, so that a refusal can be told in terms that a ClusterRole uses. */
export function describeCall(method: string, pathWithQuery: string): ApiCall {
  const [path = '', query = ''] = pathWithQuery.split('?', 2)
  const [root, ...segments] = path.split('/').filter(segment => segment !== '')
  const group = root === 'apis' ? (segments[0] ?? '') : ''
  const afterVersion = segments.slice(root === 'apis' ? 2 : 1)
  const inNamespace = afterVersion[0] === 'namespaces' && afterVersion.length > 2
  const [resource, name, subresource] = inNamespace ? afterVersion.slice(2) : afterVersion
  if ((root !== 'api' && root !== 'apis') || resource === undefined)
    return { verb: method.toLowerCase(), resource: path, namespace: undefined }
  const plural = group === '' ? resource : `${resource}.${group}`
  return {
    verb: verbOf(method, name !== undefined, /(^|&)watch=(1|true)(&|$)/.test(query)),
    resource: subresource === undefined ? plural : `${plural}/${subresource}`,
    namespace: inNamespace ? afterVersion[1] : undefined,
  }
}

function verbOf(method: string, named: boolean, watch: boolean): string {
  switch (method) {
    case 'GET':
      return watch ? 'watch' : named ? 'get' : 'list'
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    default:
      return method.toLowerCase()
  }
}
