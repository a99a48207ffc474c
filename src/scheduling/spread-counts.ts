import type { LabelSelector } from '../cluster/labels.ts'
import { memo } from '../cluster/memo.ts'
import type { Writable } from '../cluster/writable.ts'
import type { AdvancedLabelledPods, Follower, PodsBySlot } from './labelled-pods.ts'
import { NO_DOMAIN, type DomainSet } from './node-layout.ts'
import { addTo } from './tallies.ts'

/** Pods that one selector counts in one namespace: on nodes that exist, and not terminating. */
export interface SelectedPods {
  readonly bySlot: PodsBySlot
  /** Number of pods by domain number; domains without any are not there. */
  byDomain(domains: DomainSet): ReadonlyMap<number, number>
}

/** What PodTopologySpread counts, advanced pod by pod instead of counted anew for each question. */
export interface SpreadCounts {
  /**
   * `key` is the selector's selectorKey. A match-everything selector counts nothing, as upstream (countPodsMatchSelector, 1.36). The result is
   * live for as long as {@link era} is the same.
   */
  selected(namespace: string, selector: LabelSelector, key: string): SelectedPods
  /** Goes up whenever what was selected is let go. */
  readonly era: number
  /** Lets all of it go. */
  forget(): void
  /** Nodes are told apart otherwise than before: nobody will ask for counts by the domains that were, which hold on to all nodes as they were. */
  forgetDomains(): void
}

const NOTHING: SelectedPods = { bySlot: new Map(), byDomain: () => new Map<number, number>() }

export function createSpreadCounts(pods: AdvancedLabelledPods): SpreadCounts {
  const namespaces = new Map<string, Map<string, View>>()
  let views = 0

  /** Selectors go out of use (each rollout has its own pod-template-hash) and nobody says so; those in use come back when asked for. */
  function forgetViews(): void {
    pods.unfollowAll()
    namespaces.clear()
    views = 0
    counts.era += 1
  }

  const counts: Writable<SpreadCounts> = {
    era: 0,
    forget: forgetViews,
    forgetDomains() {
      for (const byKey of namespaces.values()) for (const view of byKey.values()) view.forgetDomains()
    },
    selected(namespace, selector, key) {
      if (selector.kind !== 'requirements') return NOTHING
      const known = namespaces.get(namespace)?.get(key)
      if (known !== undefined) return known
      if (views > MOST_VIEWS_PER_KIND * pods.kinds + FEW_VIEWS) forgetViews()
      const view = createView()
      pods.follow(namespace, selector, view)
      memo(namespaces, namespace, () => new Map<string, View>()).set(key, view)
      views += 1
      return view
    },
  }
  return counts
}

const MOST_VIEWS_PER_KIND = 4
const FEW_VIEWS = 1_000

interface View extends SelectedPods, Follower {
  forgetDomains(): void
}

function createView(): View {
  const bySlot = new Map<number, number>()
  // A handful at most: the keys by which somebody counts these pods.
  let counted: readonly CountedOver[] = []
  return {
    bySlot,
    advance(slot, change) {
      addTo(bySlot, slot, change)
      for (const over of counted) addIn(over, slot, change)
    },
    byDomain(domains) {
      const known = counted.find(over => over.domains === domains)
      if (known !== undefined) return known.counts
      const over = { domains, counts: new Map<number, number>() }
      for (const [slot, pods] of bySlot) addIn(over, slot, pods)
      counted = [...counted, over]
      return over.counts
    },
    forgetDomains() {
      if (counted.length > 0) counted = []
    },
  }
}

interface CountedOver {
  readonly domains: DomainSet
  readonly counts: Map<number, number>
}

function addIn({ domains: { domainOf }, counts }: CountedOver, slot: number, change: number): void {
  const domain = domainOf[slot] ?? NO_DOMAIN
  if (domain !== NO_DOMAIN) addTo(counts, domain, change)
}
