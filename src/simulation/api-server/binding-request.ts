import { isRawObject } from '../../cluster/raw-value.ts'
import type { PodObject } from '../wire-objects.ts'
import { typedObjects } from '../objects.ts'
import { boundTo } from '../pod-binding.ts'
import { jsonAnswer, type Answer, type ApiContext, type ApiRequest } from './api-request.ts'
import { invalidObject, required } from './field-errors.ts'
import { jsonBody } from './json-body.ts'
import { stored } from './object-requests.ts'
import { badRequest, StatusError, success } from './status.ts'

/** POST .../pods/NAME/binding: what a scheduler does with a pod it has found a node for (BindingREST.Create). */
export function bind({ store, now }: ApiContext, request: ApiRequest): Answer {
  const { namespace = '', name = '' } = request
  const binding = jsonBody(request)
  const metadata = isRawObject(binding['metadata']) ? binding['metadata'] : {}
  if (metadata['name'] !== name) throw badRequest('name in URL does not match name in Binding object')
  const target = isRawObject(binding['target']) ? binding['target'] : {}
  const { kind = 'Node', name: nodeName } = target
  if (kind !== 'Node' || typeof nodeName !== 'string' || nodeName === '') {
    throw invalidObject('', 'Binding', name, [required(kind === 'Node' ? 'target.name' : 'target.kind')])
  }
  const objects = typedObjects(store)
  stored(
    objects.update('pods', { namespace, name }, pod => {
      const refused = whyNot(pod)
      if (refused !== undefined) throw conflict(name, refused)
      return boundTo(pod, nodeName, objects, now())
    }),
  )
  return jsonAnswer(201, success(201))
}

function whyNot({ metadata, spec }: PodObject): string | undefined {
  if (metadata.deletionTimestamp !== undefined) return `pod ${metadata.name} is being deleted, cannot be assigned to a host`
  if (spec?.nodeName) return `pod ${metadata.name} is already assigned to node "${spec.nodeName}"`
  if ((spec?.schedulingGates?.length ?? 0) > 0) return `pod ${metadata.name} has non-empty .spec.schedulingGates`
  return undefined
}

function conflict(name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on pods/binding "${name}": ${why}`
  return new StatusError(409, 'Conflict', message, { name, kind: 'pods/binding' })
}
