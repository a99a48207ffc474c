import { parseLabelSelector } from './label-selector.ts'
import type { LabelSelector } from './labels.ts'
import type { PodAffinity, PodAffinityTerm, TopologySpreadConstraint } from './pod.ts'
import type { RawField } from './raw-field.ts'

/** `podAffinity` or `podAntiAffinity`; terms without a topology key are left out. */
export function readPodAffinity(field: RawField): PodAffinity {
  return {
    required: field.at('requiredDuringSchedulingIgnoredDuringExecution').items().flatMap(readTerm),
    preferred: field
      .at('preferredDuringSchedulingIgnoredDuringExecution')
      .items()
      .flatMap(item => {
        const weight = item.at('weight').need().integer(1)
        return weight === undefined ? [] : readTerm(item.at('podAffinityTerm').need()).map(term => ({ weight, term }))
      }),
  }
}

/** The constraints as they bind, with the API's defaults; those that the API server would have refused are left out. */
export function readTopologySpreadConstraints(field: RawField): readonly TopologySpreadConstraint[] {
  return field.items().flatMap(item => {
    const topologyKey = readTopologyKey(item)
    const maxSkew = item.at('maxSkew').need().integer(1)
    const whenUnsatisfiable = item.at('whenUnsatisfiable').need().choice(['DoNotSchedule', 'ScheduleAnyway'])
    const minDomains = item.at('minDomains').integer(1)
    const selector = readSelector(item.at('labelSelector'))
    const matchLabelKeys = item.at('matchLabelKeys').texts()
    const nodeAffinityPolicy = item.at('nodeAffinityPolicy').choice(['Honor', 'Ignore']) ?? 'Honor'
    const nodeTaintsPolicy = item.at('nodeTaintsPolicy').choice(['Honor', 'Ignore']) ?? 'Ignore'
    if (topologyKey === undefined || maxSkew === undefined || whenUnsatisfiable === undefined) return []
    if (minDomains !== undefined && whenUnsatisfiable === 'ScheduleAnyway') item.at('minDomains').note('is legal with DoNotSchedule only')
    return [{ topologyKey, whenUnsatisfiable, maxSkew, minDomains, selector, matchLabelKeys, nodeAffinityPolicy, nodeTaintsPolicy }]
  })
}

/** A selector that cannot be read stays, as one that matches nothing, and is a problem besides. */
export function readSelector(field: RawField): LabelSelector {
  const selector = parseLabelSelector(field.value)
  if (selector.kind === 'invalid') field.note(selector.problem)
  return selector
}

function readTerm(field: RawField): readonly PodAffinityTerm[] {
  const topologyKey = readTopologyKey(field)
  const selector = readSelector(field.at('labelSelector'))
  const namespaces = field.at('namespaces').texts()
  const namespaceField = field.at('namespaceSelector')
  const namespaceSelector = namespaceField.present ? readSelector(namespaceField) : undefined
  const matchLabelKeys = field.at('matchLabelKeys').texts()
  const mismatchLabelKeys = field.at('mismatchLabelKeys').texts()
  if (topologyKey === undefined) return []
  return [{ topologyKey, selector, namespaces, namespaceSelector, matchLabelKeys, mismatchLabelKeys }]
}

function readTopologyKey(field: RawField): string | undefined {
  const key = field.at('topologyKey').need().text()
  if (key !== '') return key
  field.at('topologyKey').note('is empty')
  return undefined
}
