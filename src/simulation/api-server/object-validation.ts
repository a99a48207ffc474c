import { ANNOTATIONS } from '../../cluster/annotations.ts'
import { parseDeletionCost } from '../../cluster/deletion-cost.ts'
import { isLabelKey, isLabelValue } from '../../cluster/label-syntax.ts'
import { isRawObject } from '../../cluster/raw-value.ts'
import { jsonEqual } from '../json-value.ts'
import type { RawObject } from '../object-store.ts'
import { forbiddenField, invalidObject, invalidValue, notSupported, required, tooLong, type FieldError } from './field-errors.ts'
import type { ServedType } from './served-types.ts'
import { workloadErrors, WORKLOADS } from './workload-validation.ts'

/** Bytes, whatever the message says. */
const LONGEST_IN_EVENTS = [
  ['reportingInstance', 128],
  ['action', 128],
  ['reason', 128],
  ['note', 1024],
] as const
/** MaxSecretSize, which holds for ConfigMaps too. */
const LARGEST_CONFIG_MAP = 1024 * 1024
const LONGEST_NAME = 253
const NAME = /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/

/**
 * The checks of pkg/apis/GROUP/validation that clients of this server can run into: events, leases, the size of ConfigMaps, and what may not change. Pods and
 * workloads are otherwise taken as they come.
 * @param previous the stored object, when this replaces one
 * @throws StatusError 422 with everything that is wrong
 */
export function validateObject(type: ServedType, object: RawObject, previous: RawObject | undefined): void {
  const errors = [...metadataErrors(object), ...errorsOf(type, object, previous)]
  // An event is validated as what it is inside, which has no group.
  const group = type.resource === 'events' ? '' : type.group
  if (errors.length > 0) throw invalidObject(group, type.kind, object.metadata.name, errors)
}

function errorsOf(type: ServedType, object: RawObject, previous: RawObject | undefined): readonly FieldError[] {
  switch (type.resource) {
    case 'events':
      return type.group !== '' && previous === undefined ? eventErrors(object) : []
    case 'leases':
      return leaseErrors(object)
    case 'configmaps':
      return configMapErrors(object)
    case 'pods':
      return [...deletionCostErrors(object, previous), ...(previous === undefined ? [] : podChanges(object, previous))]
    default:
      return WORKLOADS.has(type.resource) ? workloadErrors(object, previous) : []
  }
}

/** ValidateObjectMeta: names, labels and annotations have a form. A name that is still to be generated has none yet, but what it begins with has. */
function metadataErrors({ metadata }: RawObject): readonly FieldError[] {
  const { name, generateName = '', labels = {}, annotations = {} } = metadata
  const errors: FieldError[] = []
  // Behind a dash comes the rest of the name (maskTrailingDash); a dot may not be the end.
  const begun = generateName.length > 1 && generateName.endsWith('-') ? `${generateName.slice(0, -2)}a` : generateName
  for (const [field, value, checked] of [
    ['metadata.generateName', generateName, begun],
    ['metadata.name', name, name],
  ] as const) {
    if (checked === '' || (checked.length <= LONGEST_NAME && NAME.test(checked))) continue
    const why = 'a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, "-" or "."'
    errors.push(invalidValue(field, value, `${why}, and must start and end with an alphanumeric character`))
  }
  for (const [key, value] of Object.entries(labels)) {
    if (!isLabelKey(key)) errors.push(invalidValue('metadata.labels', key, 'must be a qualified name'))
    if (!isLabelValue(value))
      errors.push(invalidValue('metadata.labels', value, 'a valid label must be an empty string or consist of alphanumeric characters'))
  }
  for (const key of Object.keys(annotations)) {
    if (!isLabelKey(key)) errors.push(invalidValue('metadata.annotations', key, 'must be a qualified name'))
  }
  return errors
}

/** core/validation/events.go: what the new Event API insists on. */
function eventErrors(event: RawObject): readonly FieldError[] {
  const { regarding, reportingController, type = '' } = event
  const errors = ['eventTime', 'reportingController', 'reportingInstance', 'action', 'reason']
    .filter(field => !event[field])
    .map(field => required(field))
  const { namespace } = event.metadata
  if (!(isRawObject(regarding) && regarding['namespace']) && namespace !== 'default' && namespace !== 'kube-system') {
    errors.push(invalidValue('involvedObject.namespace', '', 'does not match event.namespace'))
  }
  if (typeof reportingController === 'string' && reportingController !== '' && !isLabelKey(reportingController)) {
    errors.push(invalidValue('reportingController', reportingController, 'must be a qualified name'))
  }
  for (const [field, longest] of LONGEST_IN_EVENTS) {
    const text = event[field]
    if (typeof text === 'string' && Buffer.byteLength(text) > longest) {
      errors.push(invalidValue(field === 'note' ? 'message' : field, '', `can have at most ${longest} characters`))
    }
  }
  if (type !== 'Normal' && type !== 'Warning')
    errors.push(invalidValue('type', '', `has invalid value: ${JSON.stringify(type).slice(1, -1)}`))
  return errors
}

/** coordination/validation. */
function leaseErrors(lease: RawObject): readonly FieldError[] {
  const spec = isRawObject(lease['spec']) ? lease['spec'] : {}
  const { leaseDurationSeconds: duration, leaseTransitions: transitions } = spec
  const errors: FieldError[] = []
  if (typeof duration === 'number' && duration <= 0)
    errors.push(invalidValue('spec.leaseDurationSeconds', duration, 'must be greater than 0'))
  if (typeof transitions === 'number' && transitions < 0) {
    errors.push(invalidValue('spec.leaseTransitions', transitions, 'must be greater than or equal to 0'))
  }
  return errors
}

/** ValidateConfigMap: what counts are the values, and the complaint is about the whole object, whose path is written so. */
function configMapErrors({ data, binaryData }: RawObject): readonly FieldError[] {
  const bytesOf = (values: unknown, encoding: 'utf8' | 'base64'): number =>
    isRawObject(values) ? Object.values(values).reduce((sum: number, value) => sum + Buffer.byteLength(String(value), encoding), 0) : 0
  const bytes = bytesOf(data, 'utf8') + bytesOf(binaryData, 'base64')
  return bytes > LARGEST_CONFIG_MAP ? [tooLong('[]', LARGEST_CONFIG_MAP)] : []
}

/** ValidatePodSpecificAnnotations; what was invalid before may stay so. */
function deletionCostErrors(pod: RawObject, previous: RawObject | undefined): readonly FieldError[] {
  const isInvalid = (text: string | undefined): text is string => text !== undefined && parseDeletionCost(text) === undefined
  const text = pod.metadata.annotations?.[ANNOTATIONS.podDeletionCost]
  if (!isInvalid(text) || isInvalid(previous?.metadata.annotations?.[ANNOTATIONS.podDeletionCost])) return []
  return [invalidValue(`metadata.annotations[${ANNOTATIONS.podDeletionCost}]`, text, 'must be a 32bit integer')]
}

/** ValidatePodUpdate: little of a pod may change once it is there. */
function podChanges(pod: RawObject, previous: RawObject): readonly FieldError[] {
  if (jsonEqual(fixedPart(pod), fixedPart(previous))) return []
  const why =
    'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,' +
    '`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'
  return [forbiddenField('spec', why)]
}

function fixedPart(pod: RawObject): unknown {
  const spec = isRawObject(pod['spec']) ? pod['spec'] : {}
  const withoutImages = (list: unknown) =>
    Array.isArray(list) ? list.map((container: unknown) => (isRawObject(container) ? { ...container, image: undefined } : container)) : list
  const mutable = {
    activeDeadlineSeconds: undefined,
    tolerations: undefined,
    terminationGracePeriodSeconds: undefined,
    schedulingGates: undefined,
  }
  return { ...spec, ...mutable, containers: withoutImages(spec['containers']), initContainers: withoutImages(spec['initContainers']) }
}

/** The only dry run there is. @throws StatusError 422 for another value */
export function isDryRun(values: readonly string[], kind: string): boolean {
  if (values.some(value => value !== 'All')) throw invalidObject('meta.k8s.io', kind, '', [notSupported('dryRun', values, ['All'])])
  return values.length > 0
}
