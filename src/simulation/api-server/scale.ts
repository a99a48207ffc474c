import { isRawObject } from '../../cluster/raw-value.ts'
import type { RawMetadata, RawObject } from '../object-store.ts'
import { notFound } from '../store-refusals.ts'
import { jsonAnswer, type Answer, type ApiContext, type ApiRequest } from './api-request.ts'
import { invalidObject, invalidValue } from './field-errors.ts'
import { jsonBody, otherName } from './json-body.ts'
import { stored } from './object-requests.ts'
import { patched } from './patch-body.ts'
import { refusedByStore } from './status.ts'
import { writtenSelector } from './written-selector.ts'

/** GET, PUT and PATCH of .../scale: how many replicas a workload should have, whatever its kind. */
export function scale({ store }: ApiContext, request: ApiRequest): Answer {
  const { type, namespace, name = '', verb } = request
  if (verb === 'get') {
    const workload = store.get(type.storedAs, namespace, name)
    if (workload === undefined) throw refusedByStore(notFound(type, name).refusal)
    return jsonAnswer(200, scaleOf(workload))
  }
  const result = store.update(type.storedAs, namespace, name, workload => {
    const wanted = verb === 'patch' ? patched(request, scaleOf(workload)) : jsonBody(request)
    const spec = isRawObject(wanted['spec']) ? wanted['spec'] : {}
    const metadata = isRawObject(wanted['metadata']) ? (wanted['metadata'] as Partial<RawMetadata>) : {}
    if ((metadata.name ?? name) !== name) throw otherName(metadata.name, name)
    const { replicas = 0 } = spec
    if (typeof replicas !== 'number' || replicas < 0) {
      throw invalidObject('autoscaling', 'Scale', name, [invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0')])
    }
    const { resourceVersion = workload.metadata.resourceVersion, uid = workload.metadata.uid } = metadata
    return {
      ...workload,
      metadata: { ...workload.metadata, ...(resourceVersion !== undefined && { resourceVersion }), ...(uid !== undefined && { uid }) },
      spec: { ...(isRawObject(workload['spec']) ? workload['spec'] : {}), replicas },
    }
  })
  return jsonAnswer(200, scaleOf(stored(result)))
}

function scaleOf({ metadata, spec, status }: RawObject): RawObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata
  const wanted = isRawObject(spec) ? spec : {}
  const seen = isRawObject(status) ? status : {}
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: JSON.parse(JSON.stringify({ name, namespace, uid, resourceVersion, creationTimestamp })) as RawMetadata,
    spec: { replicas: wanted['replicas'] ?? 1 },
    status: { replicas: seen['replicas'] ?? 0, selector: writtenSelector(wanted['selector']) },
  }
}
