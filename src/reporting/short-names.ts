import { HOSTNAME_LABEL, REGION_LABEL, ZONE_LABEL } from '../cluster/topology-labels.ts'
import type { WorkloadName } from '../planning/plan-types.ts'
import { printable } from './printable.ts'

/** kubectl's own short names, so that `deploy/web` can be pasted behind `kubectl get`. */
const SHORT_KINDS: ReadonlyMap<string, string> = new Map([
  ['Deployment', 'deploy'],
  ['ReplicaSet', 'rs'],
  ['StatefulSet', 'sts'],
  ['ReplicationController', 'rc'],
  ['DaemonSet', 'ds'],
])

/** `deploy/web`; the kind of a custom resource in lower case. */
export function workloadText(workload: WorkloadName): string {
  return `${SHORT_KINDS.get(workload.kind) ?? printable(workload.kind.toLowerCase())}/${printable(workload.name)}`
}

const LONG_KINDS: ReadonlyMap<string, string> = new Map([...SHORT_KINDS].map(([kind, short]) => [short, kind.toLowerCase()]))

/** The kind that a person means, in lower case: by kubectl's short name, its plural, with its group (`deployments.apps`), or in any case. */
export function kindCalled(text: string): string {
  const [resource = ''] = text.toLowerCase().split('.')
  const kind = LONG_KINDS.get(resource) ?? resource
  if (kind === 'po') return 'pod'
  return kind.endsWith('s') ? kind.slice(0, -1) : kind
}

/**
 * Topology keys without their prefix (`zone`, `hostname`), by full key. A key whose short form another of the given keys has too keeps its
 * prefix, but for the well-known ones.
 */
export function shortKeys(keys: Iterable<string>): ReadonlyMap<string, string> {
  const distinct = [...new Set(keys)]
  const owners = Map.groupBy(distinct, withoutPrefix)
  return new Map(
    distinct.map(key => {
      const isPlain = owners.get(withoutPrefix(key))?.length === 1 || WELL_KNOWN.has(key)
      return [key, printable(isPlain ? withoutPrefix(key) : key)]
    }),
  )
}

const WELL_KNOWN: ReadonlySet<string> = new Set([ZONE_LABEL, REGION_LABEL, HOSTNAME_LABEL])

function withoutPrefix(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1)
}

/** `hard` and `soft`, as everybody calls them. */
export function whenText(whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway'): 'hard' | 'soft' {
  return whenUnsatisfiable === 'DoNotSchedule' ? 'hard' : 'soft'
}
