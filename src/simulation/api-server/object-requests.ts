import type { DeleteOptions, ObjectStore, RawObject, StoreResult } from '../object-store.ts'
import { modifiedMeanwhile, notFound } from '../store-refusals.ts'
import { isRawObject } from '../../cluster/raw-value.ts'
import { jsonAnswer, type Answer, type ApiContext, type ApiRequest } from './api-request.ts'
import { withCreationDefaults } from './creation-defaults.ts'
import { invalidObject, invalidValue } from './field-errors.ts'
import { asObject, jsonBody, parsedObject } from './json-body.ts'
import { wholeNumber } from './list-options.ts'
import { checkMicroTimes } from './micro-time.ts'
import { objectText } from './object-text.ts'
import { isDryRun, validateObject } from './object-validation.ts'
import { patched } from './patch-body.ts'
import { badRequest, deleted, refusedByStore, StatusError, tooLargeResourceVersion } from './status.ts'
import { tableText } from './table.ts'

/** Types whose PUT creates what is not there, and those of them whose PUT must say which version it replaces (AllowCreateOnUpdate ...). */
const CREATED_BY_UPDATE: ReadonlySet<string> = new Set(['leases', 'events'])
const NEVER_UNCONDITIONAL: ReadonlySet<string> = new Set([
  'leases',
  'poddisruptionbudgets',
  'csidrivers',
  'csinodes',
  'csistoragecapacities',
  'volumeattachments',
])

/** Types whose deletion answers with what was deleted instead of a Status (ReturnDeletedObject). */
const RETURNED_WHEN_DELETED: ReadonlySet<string> = new Set([
  'pods',
  'persistentvolumes',
  'persistentvolumeclaims',
  'serviceaccounts',
  'storageclasses',
  'csidrivers',
  'csinodes',
  'volumeattachments',
  'csistoragecapacities',
])

export function get({ store, now }: ApiContext, request: ApiRequest): Answer {
  const { type, namespace, name = '', query } = request
  const resourceVersion = wholeNumber(query, 'resourceVersion') ?? 0
  if (resourceVersion > store.resourceVersion) throw tooLargeResourceVersion(resourceVersion, store.resourceVersion)
  const stored = store.get(type.storedAs, namespace, name)
  if (stored === undefined) throw refusedByStore(notFound(type, name).refusal)
  return objectAnswer(200, request, stored, now())
}

export function create({ store, now }: ApiContext, request: ApiRequest): Answer {
  refuseDryRun(request)
  const { type, namespace } = request
  const received = readObject(request, jsonBody(request))
  if (received.metadata.resourceVersion !== undefined)
    throw new StatusError(500, undefined, 'resourceVersion should not be set on objects to be created')
  if (namespace !== undefined) refuseMissingNamespace(store, namespace)
  validateObject(type, received, undefined)
  const created = store.create(type.storedAs, withCreationDefaults(type, type.accept(received)))
  return objectAnswer(201, request, stored(created), now())
}

export function replace(context: ApiContext, request: ApiRequest): Answer {
  refuseDryRun(request)
  const { type, namespace, name = '', subresource } = request
  const received = readObject(request, jsonBody(request))
  const { resourceVersion, uid } = received.metadata
  if (
    context.store.get(type.storedAs, namespace, name) === undefined &&
    subresource === undefined &&
    CREATED_BY_UPDATE.has(type.resource)
  ) {
    if (resourceVersion !== undefined || uid !== undefined) throw refusedByStore(modifiedMeanwhile(type, name).refusal)
    return create(context, { ...request, name: undefined })
  }
  if (resourceVersion === undefined && NEVER_UNCONDITIONAL.has(type.resource)) {
    throw invalidObject(type.group, type.resource, name, [invalidValue('metadata.resourceVersion', 0, 'must be specified for an update')])
  }
  return update(context, request, () => received)
}

export function patch(context: ApiContext, request: ApiRequest): Answer {
  refuseDryRun(request)
  return update(context, request, current => {
    const received = readObject(request, patched(request, request.type.present(current)))
    refuseAnotherUid(request, received, current)
    return received
  })
}

export function remove({ store, now }: ApiContext, request: ApiRequest): Answer {
  refuseDryRun(request)
  const { type, namespace, name = '' } = request
  if (type.resource === 'namespaces') throw new StatusError(405, 'MethodNotAllowed', 'this server does not delete namespaces')
  const gone = stored(store.delete(type.storedAs, namespace, name, readDeleteOptions(request)))
  const stays = store.get(type.storedAs, namespace, name)?.metadata.uid === gone.metadata.uid
  if (stays || RETURNED_WHEN_DELETED.has(type.resource)) return objectAnswer(200, request, gone, now())
  const { uid } = gone.metadata
  return jsonAnswer(200, deleted({ name, ...(type.group !== '' && { group: type.group }), kind: type.resource, ...(uid && { uid }) }))
}

/** Nothing is created where there is no namespace (admission plugin NamespaceLifecycle). */
export function refuseMissingNamespace(store: ObjectStore, namespace: string): void {
  if (store.get('namespaces', undefined, namespace) !== undefined) return
  throw new StatusError(404, 'NotFound', `namespaces "${namespace}" not found`, { name: namespace, kind: 'namespaces' })
}

/** To a PUT the uid is a precondition; to a PATCH a field that must stay, looked at after the version (rest.BeforeUpdate). */
function refuseAnotherUid({ type, name = '' }: ApiRequest, received: RawObject, current: RawObject): void {
  const { uid = current.metadata.uid, resourceVersion = current.metadata.resourceVersion } = received.metadata
  if (uid === current.metadata.uid || resourceVersion !== current.metadata.resourceVersion) return
  throw invalidObject(type.group, type.kind, name, [invalidValue('metadata.uid', uid, 'field is immutable')])
}

/** DeleteOptions of a deletion or an eviction, with what the query says of them. */
export function toDeleteOptions(raw: unknown, query: URLSearchParams): DeleteOptions {
  const options = isRawObject(raw) ? raw : {}
  const preconditions = isRawObject(options['preconditions']) ? options['preconditions'] : {}
  const { uid, resourceVersion } = preconditions
  const inQuery = query.get('gracePeriodSeconds')
  const grace = inQuery === null ? options['gracePeriodSeconds'] : Number(inQuery)
  return {
    ...(typeof grace === 'number' && Number.isInteger(grace) && { gracePeriodSeconds: grace }),
    preconditions: { ...(typeof uid === 'string' && { uid }), ...(typeof resourceVersion === 'string' && { resourceVersion }) },
  }
}

export function stored(result: StoreResult): RawObject {
  if (!result.ok) throw refusedByStore(result.refusal)
  return result.object
}

function readDeleteOptions({ body, query }: ApiRequest): DeleteOptions {
  const options = body.trim() === '' ? {} : parsedObject(body)
  const policy = query.get('propagationPolicy') ?? options['propagationPolicy'] ?? 'Background'
  if (policy !== 'Background')
    throw badRequest(`propagationPolicy ${JSON.stringify(policy)} is not supported by this server; legal is Background`)
  if (options['dryRun'] !== undefined) throw noDryRun()
  return toDeleteOptions(options, query)
}

function readObject(request: ApiRequest, body: Readonly<Record<string, unknown>>): RawObject {
  const object = asObject(request, body)
  checkMicroTimes(request.type, object)
  return object
}

function update({ store, now }: ApiContext, request: ApiRequest, change: (current: RawObject) => RawObject): Answer {
  const { type, namespace, name = '', subresource } = request
  const result = store.update(type.storedAs, namespace, name, current => {
    const received = type.accept(change(current))
    const { resourceVersion } = received.metadata
    // A status is written through its own path and nowhere else; that path writes nothing else.
    if (subresource === 'status') {
      const metadata = { ...current.metadata, ...(resourceVersion !== undefined && { resourceVersion }) }
      return { ...current, metadata, status: received['status'] }
    }
    const next = type.subresources.includes('status') ? { ...received, status: current['status'] } : received
    validateObject(type, next, current)
    return next
  })
  return objectAnswer(200, request, stored(result), now())
}

function objectAnswer(status: number, request: ApiRequest, object: RawObject, now: number): Answer {
  if (request.media.as === 'table') return { status, body: tableText(request, request.media, object, now) }
  return { status, body: objectText(request.type, object) }
}

/** A dry run that is carried out would be the worst answer of all. */
function refuseDryRun({ query, type }: ApiRequest): void {
  if (isDryRun(query.getAll('dryRun'), type.kind)) throw noDryRun()
}

function noDryRun(): StatusError {
  return badRequest('this server knows a dry run of evictions only')
}
