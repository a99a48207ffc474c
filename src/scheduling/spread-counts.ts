import { matchesLabels } from '../cluster/label-selector.ts'
import type { Labels, LabelSelector } from '../cluster/labels.ts'
import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { NO_DOMAIN, type DomainSet, type NodeLayout } from './node-layout.ts'

/** Pods that one selector counts in one namespace: on nodes that exist, and not terminating. */
export interface SelectedPods {
  /** Number of pods by slot; slots without any are not there. */
  readonly bySlot: ReadonlyMap<number, number>
  /** Number of pods by domain number; domains without any are not there. */
  byDomain(domains: DomainSet): ReadonlyMap<number, number>
}

/** What PodTopologySpread counts, advanced pod by pod instead of counted anew for each question. */
export interface SpreadCounts {
  /** A pod came to stand on the node in a slot (1) or went from there (-1). */
  count(pod: PodRecord, slot: number, change: 1 | -1): void
  /**
   * `key` is the selector's selectorKey. A match-everything selector counts nothing, as upstream (countPodsMatchSelector, 1.36). The result is
   * live; ask again for each question.
   */
  selected(namespace: string, selector: LabelSelector, key: string): SelectedPods
}

const NOTHING: SelectedPods = { bySlot: new Map(), byDomain: () => new Map<number, number>() }

export function createSpreadCounts(): SpreadCounts {
  const namespaces = new Map<string, Namespace>()
  let views = 0
  let labelSets = 0

  const namespaceOf = (name: string): Namespace => memo(namespaces, name, () => ({ byLabels: new Map(), views: new Map() }))

  /** Selectors go out of use (each rollout has its own pod-template-hash) and nobody says so; those in use come back when asked for. */
  function forgetViews(): void {
    for (const [name, namespace] of namespaces) {
      namespace.views.clear()
      if (namespace.byLabels.size === 0) namespaces.delete(name)
      for (const replicas of namespace.byLabels.values()) replicas.views.length = 0
    }
    views = 0
  }

  function addReplicas(namespace: Namespace, labels: Labels): Replicas {
    const replicas: Replicas = { slots: new Map(), views: [] }
    namespace.byLabels.set(labels, replicas)
    labelSets += 1
    for (const view of namespace.views.values()) if (matchesLabels(view.selector, labels)) replicas.views.push(view)
    return replicas
  }

  return {
    count(pod, slot, change) {
      if (pod.deletedAt !== undefined) return
      const namespace = namespaceOf(pod.namespace)
      const replicas = namespace.byLabels.get(pod.labels) ?? addReplicas(namespace, pod.labels)
      if (change === 1) replicas.slots.set(pod, slot)
      else replicas.slots.delete(pod)
      for (const view of replicas.views) advance(view, slot, change)
      if (replicas.slots.size > 0) return
      namespace.byLabels.delete(pod.labels)
      labelSets -= 1
    },
    selected(namespaceName, selector, key) {
      if (selector.kind !== 'requirements') return NOTHING
      const known = namespaces.get(namespaceName)?.views.get(key)
      if (known !== undefined) return known
      if (views > MOST_VIEWS_PER_LABEL_SET * labelSets + FEW_VIEWS) forgetViews()
      const namespace = namespaceOf(namespaceName)
      const view = createView(selector)
      for (const [labels, replicas] of namespace.byLabels) {
        if (!matchesLabels(selector, labels)) continue
        replicas.views.push(view)
        for (const slot of replicas.slots.values()) advance(view, slot, 1)
      }
      namespace.views.set(key, view)
      views += 1
      return view
    },
  }
}

const MOST_VIEWS_PER_LABEL_SET = 4
const FEW_VIEWS = 1_000

/** Pods with one (interned) set of labels, and the selectors that match it. */
interface Replicas {
  readonly slots: Map<PodRecord, number>
  readonly views: View[]
}

interface Namespace {
  readonly byLabels: Map<Labels, Replicas>
  readonly views: Map<string, View>
}

interface View extends SelectedPods {
  readonly selector: LabelSelector
  readonly bySlot: Map<number, number>
  readonly byDomains: Map<DomainSet, Map<number, number>>
}

function createView(selector: LabelSelector): View {
  const bySlot = new Map<number, number>()
  const byDomains = new Map<DomainSet, Map<number, number>>()
  let layout: NodeLayout | undefined
  return {
    selector,
    bySlot,
    byDomains,
    byDomain(domains) {
      if (layout !== domains.layout) {
        byDomains.clear()
        layout = domains.layout
      }
      let counts = byDomains.get(domains)
      if (counts === undefined) {
        counts = new Map()
        for (const [slot, pods] of bySlot) add(counts, domains.domainOf[slot] ?? NO_DOMAIN, pods)
        byDomains.set(domains, counts)
      }
      return counts
    },
  }
}

function advance({ bySlot, byDomains }: View, slot: number, change: number): void {
  add(bySlot, slot, change)
  for (const [{ domainOf }, counts] of byDomains) add(counts, domainOf[slot] ?? NO_DOMAIN, change)
}

function add(counts: Map<number, number>, at: number, change: number): void {
  if (at === NO_DOMAIN) return
  const count = (counts.get(at) ?? 0) + change
  if (count === 0) counts.delete(at)
  else counts.set(at, count)
}
