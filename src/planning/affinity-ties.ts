import type { ClusterReader } from '../cluster/cluster-state.ts'
import { memo } from '../cluster/memo.ts'
import { affinityTerms, type PodAffinityTerm, type PodRecord, type PodSpec } from '../cluster/pod.ts'
import { createSelectorIndex } from '../cluster/selector-index.ts'
import { HOSTNAME_LABEL } from '../cluster/topology-labels.ts'
import { incomingReachesNamespace, selectsItself } from '../scheduling/affinity-terms.ts'

/** What a move has to do with others by pod affinity: it goes after earlier ones that weigh in what it leans on. */
export interface AffinityTies {
  readonly leansOn: readonly object[]
  readonly weighsIn: readonly object[]
}

/**
 * Finds the ties of pods that move. By InterPodAffinity a pod is drawn to those that its terms select and to those whose terms select it, or kept away
 * (interpodaffinity/scoring.go and filtering.go, 1.36); where they are makes the greatest difference that any score does, however low the weight. Terms
 * over hostnames are left out: they tell the nodes of a zone apart, and hardly ever the zones. So is what keeps pods away from those like themselves:
 * whichever of them goes first, all want to go where the fewest are.
 */
export function createAffinityTies(cluster: ClusterReader, moving: readonly PodRecord[]): (pod: PodRecord) => AffinityTies {
  const terms = createSelectorIndex<Tie>()
  const bySpec = new Map<PodSpec, Map<string, readonly Tie[]>>()
  /** Replicas, which share theirs, mostly come one after the other. */
  let latest: { readonly spec: PodSpec; readonly namespace: string; readonly held: readonly Tie[] } | undefined
  const heldBy = (pod: PodRecord): readonly Tie[] => {
    const { spec, namespace } = pod
    if (latest?.spec === spec && latest.namespace === namespace) return latest.held
    const byNamespace = memo(bySpec, spec, () => new Map<string, readonly Tie[]>())
    const held = memo(byNamespace, namespace, () => {
      const { podAffinity, podAntiAffinity } = spec
      const joining = affinityTerms({ podAffinity, podAntiAffinity: NO_TERMS })
      const avoiding = affinityTerms({ podAffinity: NO_TERMS, podAntiAffinity }).filter(term => !selectsItself(cluster, term, pod))
      const wide = [...joining, ...avoiding].filter(({ topologyKey }) => topologyKey !== HOSTNAME_LABEL)
      const ties = wide.map((term): Tie => ({ term, namespace, holders: {}, selected: {} }))
      for (const tie of ties) terms.add(tie.term.selector, tie)
      return ties
    })
    latest = { spec, namespace, held }
    return held
  }
  for (const pod of moving) heldBy(pod)
  if (terms.isEmpty()) return () => NO_TIES

  return pod => {
    const held = heldBy(pod)
    const selecting = terms.matching(pod.labels).filter(tie => incomingReachesNamespace(cluster, tie.term, tie.namespace, pod.namespace))
    return {
      leansOn: [...held.map(({ selected }) => selected), ...selecting.map(({ holders }) => holders)],
      weighsIn: [...held.map(({ holders }) => holders), ...selecting.map(({ selected }) => selected)],
    }
  }
}

const NO_TIES: AffinityTies = { leansOn: [], weighsIn: [] }
const NO_TERMS: PodSpec['podAffinity'] = { required: [], preferred: [] }

/** A term of pods of one spec and namespace. */
interface Tie {
  readonly term: PodAffinityTerm
  readonly namespace: string
  /** Stand for the pods that have the term and for those that it selects. */
  readonly holders: object
  readonly selected: object
}
