import { matchesLabels, parseLabelSelector } from '../../cluster/label-selector.ts'
import { isRawObject } from '../../cluster/raw-value.ts'
import { jsonEqual } from '../json-value.ts'
import type { RawObject } from '../object-store.ts'
import { invalidValue, required, type FieldError } from './field-errors.ts'
import { valueAt } from './field-path.ts'

/** The kinds that make pods of a template and know them by a selector. */
export const WORKLOADS: ReadonlySet<string> = new Set(['deployments', 'replicasets', 'statefulsets', 'daemonsets'])

/**
 * What pkg/apis/apps/validation insists on so that a workload finds its own pods: without it, its controller would make pods for ever. It keeps the
 * selector that it was created with.
 * @param previous the stored object, when this replaces one
 */
export function workloadErrors(workload: RawObject, previous: RawObject | undefined): readonly FieldError[] {
  const replicas = valueAt(workload, 'spec.replicas')
  const errors: FieldError[] = []
  if (typeof replicas === 'number' && replicas < 0) {
    errors.push(invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0'))
  }
  errors.push(...selectorErrors(workload))
  const selector = valueAt(workload, 'spec.selector')
  if (previous !== undefined && !jsonEqual(selector, valueAt(previous, 'spec.selector'))) {
    errors.push(invalidValue('spec.selector', selector, 'field is immutable'))
  }
  return errors
}

function selectorErrors(workload: RawObject): readonly FieldError[] {
  const selector = valueAt(workload, 'spec.selector')
  if (selector === undefined || selector === null) return [required('spec.selector')]
  if (isRawObject(selector) && Object.keys(selector).length === 0) {
    return [invalidValue('spec.selector', selector, `empty selector is invalid for ${workload.kind.toLowerCase()}`)]
  }
  const labels = valueAt(workload, 'spec.template.metadata.labels')
  const own = new Map(Object.entries(isRawObject(labels) ? labels : {}).map(([key, value]) => [key, String(value)]))
  if (matchesLabels(parseLabelSelector(selector), own)) return []
  return [invalidValue('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`')]
}
