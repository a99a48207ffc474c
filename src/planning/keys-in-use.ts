import type { ClusterReader, Delta } from '../cluster/cluster-state.ts'
import { COPIED_LABELS } from '../cluster/copied-labels.ts'
import type { PodSpec } from '../cluster/pod.ts'
import { addTo } from '../scheduling/tallies.ts'
import type { Policy } from './policy.ts'

/** The topology keys whose domains are watched for outages and recoveries: those that pods are spread over, and those that matter anyway. */
export interface KeysInUse {
  /** Takes note of a pod's change; returns whether a key has come into use or gone out of it. */
  note(delta: Delta): boolean
  keys(): ReadonlySet<string>
}

export function createKeysInUse(cluster: ClusterReader, { topologyKeys, expectedDomains }: Policy): KeysInUse {
  // The labels that pods get from their nodes name failure domains whether or not a constraint uses them.
  const always = [...COPIED_LABELS, ...topologyKeys, ...expectedDomains.keys()]
  /** By topology key: how many pods have a constraint over it; undefined until somebody asks. */
  let uses: Map<string, number> | undefined

  function use(counts: Map<string, number>, spec: PodSpec, change: 1 | -1): boolean {
    let isNews = false
    for (const { topologyKey } of spec.topologySpreadConstraints) {
      const wasUsed = counts.has(topologyKey)
      addTo(counts, topologyKey, change)
      isNews ||= wasUsed !== counts.has(topologyKey)
    }
    return isNews
  }

  return {
    note({ kind, before, after }) {
      if (kind !== 'Pod' || uses === undefined) return false
      const [was, is] = [before, after].map(record => (record?.kind === 'Pod' ? record.spec : undefined))
      if (was === is) return false
      const isNew = is !== undefined && use(uses, is, 1)
      const isOld = was !== undefined && use(uses, was, -1)
      return isNew || isOld
    },
    keys() {
      if (uses === undefined) {
        uses = new Map()
        for (const { spec } of cluster.pods()) use(uses, spec, 1)
      }
      return new Set([...always, ...uses.keys()])
    },
  }
}
