import { matchesLabels } from '../cluster/label-selector.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { selectorText } from '../cluster/selector-text.ts'
import type { Veto } from './reasons.ts'
import type { VetoContext } from './veto-context.ts'

/** Namespaces that the configuration leaves alone: by name first, then by their labels. */
export function inExcludedNamespace({ namespace }: PodRecord, { cluster, policy }: VetoContext): Veto | undefined {
  const { include, exclude, includeSelector, excludeSelector } = policy.namespaces
  const excluded = (why: string): Veto => ({ reason: 'NamespaceExcluded', message: `namespace ${namespace} ${why}` })
  if (exclude.includes(namespace)) return excluded('is excluded')
  if (include.length > 0 && !include.includes(namespace)) return excluded('is none of the included ones')
  if (includeSelector.kind === 'everything' && excludeSelector.kind === 'nothing') return undefined
  const labels = cluster.get('Namespace', namespace)?.labels
  // What is absent is not empty: labels that nobody has read satisfy no selector, not even one that asks for a label to be missing.
  if (labels === undefined) return excluded('is selected by its labels, which are not in the data')
  if (matchesLabels(excludeSelector, labels)) return excluded(`is excluded by its labels (${selectorText(excludeSelector)})`)
  if (!matchesLabels(includeSelector, labels)) return excluded(`does not have the labels ${selectorText(includeSelector)}`)
  return undefined
}
