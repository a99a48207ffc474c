import { compareText } from './compare-text.ts'
import { createCache, createInterner, digestOf } from './interner.ts'
import { incomingRequests, incomingScoredRequests, type PodAsk } from './pod-requests.ts'
import type { PodSpec } from './pod.ts'
import { readPodAffinity, readTopologySpreadConstraints } from './project-affinity.ts'
import { readContainer } from './project-containers.ts'
import { readNodeFeatures } from './project-node-features.ts'
import { readNodeSelector, readPreferredNodeTerms } from './project-node-selector.ts'
import { readPodRequests } from './project-pod-resources.ts'
import { readVolume, SHARED_VOLUME_SOURCES } from './project-pod-volumes.ts'
import { readResourceList } from './project-resources.ts'
import { readTolerations } from './project-tolerations.ts'
import { listed, RawField } from './raw-field.ts'
import { isRawObject } from './raw-value.ts'
import { cpuOf, memoryOf, toResources } from './resource-list.ts'

/** A spec with what its charge on a node is computed from. */
export interface SpecReading {
  readonly spec: PodSpec
  readonly ask: PodAsk
  /** A short name for this reading, to build keys from. */
  readonly id: number
}

/** Reads the specs of pods and of pod templates; equal specs come out as one object. */
export interface SpecReader {
  read(raw: unknown): SpecReading
  /** The same from the {@link specParts} of a raw spec. */
  readParts(parts: Readonly<Record<string, unknown>>): SpecReading
  /** The spec with further problems of one pod: shared with nobody but pods with the very same problems. */
  withProblems(spec: PodSpec, problems: Iterable<string>): PodSpec
}

const READINGS_CACHED = 4096

const PARTS = [
  'schedulerName',
  'priority',
  'priorityClassName',
  'preemptionPolicy',
  'nodeSelector',
  'affinity',
  'tolerations',
  'topologySpreadConstraints',
  'schedulingGates',
  'resourceClaims',
  'hostNetwork',
  'hostUsers',
  'runtimeClassName',
  'terminationGracePeriodSeconds',
  'overhead',
  'resources',
] as const
const CONTAINER_PARTS = ['name', 'image', 'ports', 'resources', 'restartPolicy', 'restartPolicyRules'] as const
const VOLUME_PARTS = ['name', ...SHARED_VOLUME_SOURCES] as const

export function createSpecReader(): SpecReader {
  const readings = createCache<SpecReading>(READINGS_CACHED)
  const intern = createInterner<PodSpec>()
  const interned = (spec: PodSpec): PodSpec => intern(digestOf(contentOf(spec)), () => spec)
  let count = 0
  const ofParts: SpecReader['readParts'] = parts =>
    readings(digestOf(JSON.stringify(parts)), () => {
      const { spec, ask } = readParts(parts)
      count += 1
      return { spec: interned(spec), ask, id: count }
    })
  return {
    read: raw => ofParts(specParts(raw)),
    readParts: ofParts,
    withProblems: (spec, problems) => interned({ ...spec, problems: [...new Set([...spec.problems, ...problems])] }),
  }
}

/**
 * The parts of a raw spec that are read and that replicas have in common: their text is the key of the cache. Reading sees nothing but these
 * parts, so that none can be forgotten in the key. A volume of no interest (each pod's own token) becomes null and keeps its place.
 */
export function specParts(raw: unknown): Readonly<Record<string, unknown>> {
  if (!isRawObject(raw)) return {}
  return {
    ...pick(raw, PARTS),
    containers: pickEach(raw['containers'], CONTAINER_PARTS),
    initContainers: pickEach(raw['initContainers'], CONTAINER_PARTS),
    volumes: pickEach(raw['volumes'], VOLUME_PARTS, volume => SHARED_VOLUME_SOURCES.some(source => (volume[source] ?? null) !== null)),
  }
}

function pickEach(raw: unknown, keys: readonly string[], keep: (item: Readonly<Record<string, unknown>>) => boolean = () => true): unknown {
  if (!Array.isArray(raw)) return raw
  return (raw as readonly unknown[]).map(item => {
    if (!isRawObject(item)) return item
    return keep(item) ? pick(item, keys) : null
  })
}

function pick(raw: Readonly<Record<string, unknown>>, keys: readonly string[]): Readonly<Record<string, unknown>> {
  const picked: Record<string, unknown> = {}
  for (const key of keys) {
    const value = raw[key]
    if (value !== undefined) picked[key] = value
  }
  return picked
}

function readParts(parts: unknown): Omit<SpecReading, 'id'> {
  const problems = new Set<string>()
  const root = new RawField(parts, problems)
  const hostNetwork = root.at('hostNetwork').flag()
  const containers = root
    .at('containers')
    .items()
    .map(item => readContainer(item, 'container', hostNetwork))
  const initContainers = root
    .at('initContainers')
    .items()
    .map(item => readContainer(item, 'initContainer', hostNetwork))
  const volumes = root.at('volumes').items().map(readVolume)
  const everyContainer = [...containers, ...initContainers]

  const asks = { containers: containers.map(container => container.ask), initContainers: initContainers.map(container => container.ask) }
  const ask: PodAsk = {
    ...asks,
    podLevel: readPodRequests(root.at('resources'), asks),
    overhead: readResourceList(root.at('overhead')),
  }
  const scored = incomingScoredRequests(ask)

  const ofConstraints = new Set<string>()
  const topologySpreadConstraints = readTopologySpreadConstraints(new RawField(parts, ofConstraints).at('topologySpreadConstraints'))

  const affinity = root.at('affinity')
  const nodeAffinity = affinity.at('nodeAffinity')
  const spec: PodSpec = {
    schedulerName: root.at('schedulerName').text() ?? 'default-scheduler',
    priority: root.at('priority').integer() ?? 0,
    priorityClassName: root.at('priorityClassName').text(),
    preemptionPolicy: root.at('preemptionPolicy').choice(['PreemptLowerPriority', 'Never']) ?? 'PreemptLowerPriority',
    nodeSelector: root.at('nodeSelector').labels(),
    requiredNodeAffinity: readNodeSelector(nodeAffinity.at('requiredDuringSchedulingIgnoredDuringExecution')),
    preferredNodeAffinity: readPreferredNodeTerms(nodeAffinity.at('preferredDuringSchedulingIgnoredDuringExecution')),
    podAffinity: readPodAffinity(affinity.at('podAffinity')),
    podAntiAffinity: readPodAffinity(affinity.at('podAntiAffinity')),
    tolerations: readTolerations(root.at('tolerations')),
    topologySpreadConstraints,
    hostPorts: everyContainer.flatMap(container => container.hostPorts),
    requests: toResources(incomingRequests(ask)),
    scoredRequests: { cpu: cpuOf(scored), memory: memoryOf(scored) },
    images: [...everyContainer, ...volumes].flatMap(({ image }) => image ?? []),
    containerCount: everyContainer.length,
    schedulingGates: root
      .at('schedulingGates')
      .items()
      .flatMap(gate => gate.at('name').text() ?? []),
    usesResourceClaims: root.at('resourceClaims').items().length > 0,
    inlineDisks: volumes.flatMap(({ disk }) => disk ?? []),
    localVolumes: volumes.flatMap(({ local }) => local ?? []),
    hostNetwork,
    requiredNodeFeatures: readNodeFeatures(root),
    runtimeClassName: root.at('runtimeClassName').text(),
    terminationGracePeriodSeconds: root.at('terminationGracePeriodSeconds').integer(0) ?? 30,
    problems: listed(new Set([...ofConstraints, ...problems])),
    unreadConstraints: [...ofConstraints][0],
  }
  return { spec, ask }
}

/** One text for equal specs. */
export function contentOf(spec: PodSpec): string {
  return JSON.stringify(spec, (_, value: unknown) => (value instanceof Map ? sortedEntries(value) : value))
}

function sortedEntries(map: ReadonlyMap<string, unknown>): readonly (readonly [string, unknown])[] {
  return [...map].sort(([left], [right]) => compareText(left, right))
}
