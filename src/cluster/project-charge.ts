import { createCache } from './interner.ts'
import { chargedRequests, chargedScoredRequests, type PodGrant } from './pod-requests.ts'
import type { ScoredRequests } from './pod.ts'
import type { SpecReading } from './project-pod-spec.ts'
import { readResourceList } from './project-resources.ts'
import { RawField } from './raw-field.ts'
import { isRawObject } from './raw-value.ts'
import { cpuOf, maxLists, memoryOf, toResources, type ResourceList } from './resource-list.ts'
import type { Resources } from './resources.ts'

/** What a pod takes from its node. */
export interface Charge {
  readonly charged: Resources
  readonly chargedScored: ScoredRequests
  /** Parts of the status that could not be read. */
  readonly problems: ReadonlySet<string>
}

const CHARGES_CACHED = 8192

/** Computes from the {@link grantParts} of their status what pods take from their nodes; those that were given the same share one answer. */
export function createChargeReader(): (reading: SpecReading, parts: Readonly<Record<string, unknown>>) => Charge {
  const charges = createCache<Charge>(CHARGES_CACHED)
  return (reading, parts) => charges(`${reading.id} ${JSON.stringify(parts)}`, () => computeCharge(reading, parts))
}

/** The parts of a status that say what was granted, and nothing else: their text is the key of the cache. */
export function grantParts(raw: unknown): Readonly<Record<string, unknown>> {
  if (!isRawObject(raw)) return {}
  const infeasible =
    Array.isArray(raw['conditions']) &&
    raw['conditions'].some(item => isRawObject(item) && item['type'] === 'PodResizePending' && item['reason'] === 'Infeasible')
  return {
    containerStatuses: grantsOf(raw['containerStatuses']),
    initContainerStatuses: grantsOf(raw['initContainerStatuses']),
    ...grantOf(raw),
    ...(infeasible ? { infeasible } : {}),
  }
}

function grantsOf(statuses: unknown): unknown {
  if (!Array.isArray(statuses)) return statuses
  return (statuses as readonly unknown[]).map(item => (isRawObject(item) ? { name: item['name'], ...grantOf(item) } : item))
}

function grantOf(raw: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { resources, allocatedResources } = raw
  return (resources ?? null) === null ? {} : { resources, allocatedResources }
}

function computeCharge({ ask }: SpecReading, parts: Readonly<Record<string, unknown>>): Charge {
  const problems = new Set<string>()
  const status = new RawField({ status: parts }, problems).at('status')
  const containers = new Map<string, ResourceList>()
  for (const key of ['containerStatuses', 'initContainerStatuses']) {
    for (const container of status.at(key).items()) {
      const name = container.at('name').text()
      const given = readGrant(container)
      if (name !== undefined && given !== undefined) containers.set(name, given)
    }
  }
  const grant: PodGrant = { containers, podLevel: readGrant(status), infeasible: status.at('infeasible').flag() }
  const scored = chargedScoredRequests(ask, grant)
  return {
    charged: toResources(chargedRequests(ask, grant)),
    chargedScored: { cpu: cpuOf(scored), memory: memoryOf(scored) },
    problems,
  }
}

function readGrant(field: RawField): ResourceList | undefined {
  const resources = field.at('resources')
  if (!resources.present) return undefined
  return maxLists(readResourceList(resources.at('requests')), readResourceList(field.at('allocatedResources')))
}
