import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { Labels } from '../cluster/labels.ts'
import { memo } from '../cluster/memo.ts'
import type { OwnerRef, PodRecord, PodSpec } from '../cluster/pod.ts'

/** What is worked out once for pods that one owner makes of one template: they share namespace, and as objects labels, spec and owner. */
export interface TemplateMemo<V> {
  of(pod: PodRecord, make: () => V): V
}

/** With the labels that tell it from others. */
type Template = Pick<PodRecord, 'namespace' | 'labels' | 'spec' | 'controller'>

interface Known<V> {
  readonly template: Template
  readonly value: V
}

/** Weak: a template that no pod is made of any more takes what is known of it along. */
export function createTemplateMemo<V>(cluster: ClusterReader): TemplateMemo<V> {
  // Labels alone tell most templates apart, and a weak table for each of thousands of them is dear; the others go by everything.
  const first = new WeakMap<Labels, Known<V>>()
  const others = new WeakMap<PodSpec, WeakMap<Labels, WeakMap<OwnerRef | typeof NOBODY, Map<string, Known<V>>>>>()
  let latest: Known<V> | undefined

  function find(pod: PodRecord, labels: Labels, make: () => V): Known<V> {
    const known = first.get(labels)
    if (known !== undefined && isOf(known.template, pod, labels)) return known
    const add = (): Known<V> => {
      const { namespace, spec, controller } = pod
      return { template: { namespace, labels, spec, controller }, value: make() }
    }
    if (known === undefined) {
      const added = add()
      first.set(labels, added)
      return added
    }
    const byLabels = memo(others, pod.spec, () => new WeakMap<Labels, WeakMap<OwnerRef | typeof NOBODY, Map<string, Known<V>>>>())
    const byOwner = memo(byLabels, labels, () => new WeakMap<OwnerRef | typeof NOBODY, Map<string, Known<V>>>())
    const byNamespace = memo(byOwner, pod.controller ?? NOBODY, () => new Map<string, Known<V>>())
    return memo(byNamespace, pod.namespace, add)
  }

  return {
    of(pod, make) {
      // Replicas are asked about one after the other.
      const labels = cluster.tellingLabels(pod)
      if (latest === undefined || !isOf(latest.template, pod, labels)) latest = find(pod, labels, make)
      return latest.value
    },
  }
}

/** In the place of an owner. */
const NOBODY = {}

function isOf(template: Template, pod: PodRecord, labels: Labels): boolean {
  return (
    template.labels === labels &&
    template.spec === pod.spec &&
    template.controller === pod.controller &&
    template.namespace === pod.namespace
  )
}
