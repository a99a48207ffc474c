import type { InlineDisk, LocalVolume } from './pod.ts'
import { normalisedImage } from './project-containers.ts'
import type { RawField } from './raw-field.ts'

/** Sources of a pod's volumes that are the same for every replica and matter to scheduling or eviction. */
export const SHARED_VOLUME_SOURCES = [
  'emptyDir',
  'hostPath',
  'image',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'iscsi',
  'rbd',
  'azureDisk',
  'cinder',
  'csi',
] as const

type SharedSource = (typeof SHARED_VOLUME_SOURCES)[number]

/** What one volume of a pod is; undefined for a source that does not matter. */
export interface VolumeReading {
  readonly disk?: InlineDisk | undefined
  readonly local?: LocalVolume
  readonly image?: string
}

export function readVolume(field: RawField): VolumeReading {
  const source = SHARED_VOLUME_SOURCES.find(name => field.at(name).present)
  return source === undefined ? {} : readSource(source, field.at(source), field.at('name').text() ?? '')
}

function readSource(source: SharedSource, field: RawField, name: string): VolumeReading {
  const text = (key: string): string => field.at(key).text() ?? ''
  switch (source) {
    case 'emptyDir':
      // One in memory is gone with any restart; nobody keeps data there.
      return field.at('medium').text() === 'Memory' ? {} : { local: { name, kind: 'emptyDir' } }
    case 'hostPath':
      return { local: { name, kind: 'hostPath' } }
    case 'image': {
      const reference = text('reference')
      return reference === '' ? {} : { image: normalisedImage(reference) }
    }
    case 'gcePersistentDisk':
      return { disk: { kind: source, id: text('pdName'), readOnly: field.at('readOnly').flag() } }
    case 'awsElasticBlockStore':
      return { disk: { kind: source, id: text('volumeID'), readOnly: field.at('readOnly').flag() } }
    case 'iscsi':
      return { disk: { kind: source, iqn: text('iqn'), readOnly: field.at('readOnly').flag() } }
    case 'rbd': {
      const monitors = field.at('monitors').texts()
      const pool = field.at('pool').text() ?? 'rbd'
      return { disk: { kind: source, monitors, pool, image: text('image'), readOnly: field.at('readOnly').flag() } }
    }
    case 'azureDisk':
      return { disk: { kind: source, id: text('diskURI'), readOnly: field.at('readOnly').flag() } }
    case 'cinder':
      return { disk: { kind: source, id: text('volumeID'), readOnly: field.at('readOnly').flag() } }
    case 'csi':
      return { disk: { kind: source, driver: text('driver'), volume: name, readOnly: field.at('readOnly').flag() } }
  }
}

/** Volumes that come from a claim: names of claims as written, and names of generic ephemeral volumes, whose claim is made for the pod. */
export interface ClaimVolumes {
  readonly claims: readonly string[]
  readonly ephemeral: readonly string[]
}

export function readClaimVolumes(volumes: RawField): ClaimVolumes {
  const claims: string[] = []
  const ephemeral: string[] = []
  for (const volume of volumes.items()) {
    const claim = volume.at('persistentVolumeClaim')
    const name = claim.present ? claim.at('claimName').need().text() : undefined
    if (name !== undefined) claims.push(name)
    else if (volume.at('ephemeral').present) ephemeral.push(volume.at('name').text() ?? '')
  }
  return { claims, ephemeral }
}
