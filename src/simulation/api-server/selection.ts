import { messageOf } from '../../cluster/error-message.ts'
import { matchesLabels } from '../../cluster/label-selector.ts'
import { parseSelectorText } from '../../cluster/selector-text.ts'
import type { LabelSelector } from '../../cluster/labels.ts'
import type { RawObject } from '../object-store.ts'
import { fieldValue, isSelectableField, parseFieldSelector, unsupportedField } from './field-selector.ts'
import type { ServedType } from './served-types.ts'
import { badRequest } from './status.ts'

/** Which objects a list or a watch is about. */
export interface Selection {
  /** Whether it leaves anything out. */
  readonly isSelective: boolean
  matches(stored: RawObject): boolean
}

/**
 * Reads labelSelector and fieldSelector.
 * @throws StatusError 400 for a selector that cannot be read or a field that cannot be selected by
 */
export function readSelection(type: ServedType, query: URLSearchParams): Selection {
  const labels = readLabelSelector(query.get('labelSelector') ?? '')
  const fields = parseFieldSelector(query.get('fieldSelector') ?? '')
  for (const { field } of fields) if (!isSelectableField(type, field)) throw unsupportedField(type, field)
  return {
    isSelective: labels.kind !== 'everything' || fields.length > 0,
    matches(stored) {
      if (labels.kind !== 'everything' && !matchesLabels(labels, new Map(Object.entries(stored.metadata.labels ?? {})))) return false
      if (fields.length === 0) return true
      const presented = type.present(stored)
      return fields.every(({ field, equal, value }) => (fieldValue(presented, field) === value) === equal)
    },
  }
}

function readLabelSelector(text: string): LabelSelector {
  try {
    return parseSelectorText(text)
  } catch (error) {
    throw badRequest(`unable to parse requirement: ${messageOf(error)}`)
  }
}
