import { NAME_LABEL, type NamespaceRecord } from './namespace.ts'
import type { RawObject } from './project-object.ts'

export function projectNamespace({ metadata, readers }: RawObject): NamespaceRecord {
  const { name, labelField, annotationField } = metadata
  const labels = new Map([...labelField.labels(), [NAME_LABEL, name] as const])
  return { kind: 'Namespace', name, labels, annotations: readers.annotations(annotationField) }
}
