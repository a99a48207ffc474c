import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { Labels } from '../cluster/labels.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { PodTemplate } from '../cluster/workload.ts'
import { isTiedToPlaces } from './filter-volume-zone.ts'
import { OF_REPLACEMENT } from './replacement-name.ts'

/** The template that a pod seems to be made from. */
export type TemplateReading =
  { readonly kind: 'template'; readonly template: PodTemplate } | { readonly kind: 'unknown'; readonly problem: string }

/**
 * The template of an owner that nobody here can read (a custom resource, a Job), read back from a pod of it. The spec is taken as it stands:
 * tolerations, requests, sidecars and the like that admission added to it, it will add to the next pod too. What a running pod shows no more,
 * scheduling gates or requests before they were resized in place, cannot be read from it.
 */
export function templateLike(cluster: ClusterReader, pod: PodRecord, owner: string): TemplateReading {
  const claims: string[] = []
  const ephemeralVolumes: string[] = []
  for (const name of pod.claims) {
    const fate = fateOf(cluster, pod, name, owner)
    if (fate.kind === 'unknown') return fate
    if (fate.kind === 'comesAgain') claims.push(name)
    else ephemeralVolumes.push(fate.volume)
  }
  const { annotations, spec } = pod
  return { kind: 'template', template: { labels: withoutOwnNames(pod), annotations, spec, claims, ephemeralVolumes } }
}

/** By these owners tell their pods apart: no two have the same value. */
const NAMES_OF_PODS: ReadonlySet<string> = new Set([
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/job-completion-index',
  'apps.kruise.io/cloneset-instance-id',
])

/** The next pod has these labels too, which a selector may ask for, with values that nobody can know; others use keys of their own for names. */
function withoutOwnNames({ name, ownLabels }: PodRecord): Labels {
  const isOwn = (key: string, value: string): boolean => NAMES_OF_PODS.has(key) || value === name
  return new Map(Array.from(ownLabels, ([key, value]) => [key, isOwn(key, value) ? OF_REPLACEMENT : value]))
}

type ClaimFate =
  | { readonly kind: 'comesAgain' }
  /** It goes with the pod, and the next pod gets one of its own: that of a generic ephemeral volume. */
  | { readonly kind: 'isMadeAnew'; readonly volume: string }
  | { readonly kind: 'unknown'; readonly problem: string }

/**
 * What becomes of one claim of the pod. A claim that no other pod of the owner uses may come again, as a StatefulSet's does, or be another the next
 * time: OpenKruise's CloneSets do the one or the other (scaleStrategy.disablePVCReuse). As long as its volume can be reached from everywhere, both
 * come to the same; where the volume is tied to places, one reading may leave the next pod Pending for ever where the other lets it land anywhere.
 */
function fateOf(cluster: ClusterReader, pod: PodRecord, name: string, owner: string): ClaimFate {
  const unknown = (why: string): ClaimFate => ({ kind: 'unknown', problem: why })
  const claim = cluster.get('PersistentVolumeClaim', `${pod.namespace}/${name}`)
  if (claim === undefined) return unknown(`its claim ${name} is not in the data, so whether the next pod of ${owner} has it cannot be told`)
  if (claim.ownerUid === pod.uid) {
    const prefix = `${pod.name}-`
    if (name.startsWith(prefix)) return { kind: 'isMadeAnew', volume: name.slice(prefix.length) }
    return unknown(`its claim ${name} goes with it, and what the next pod of ${owner} has in its place cannot be told`)
  }
  if (isShared(cluster, pod, name)) return { kind: 'comesAgain' }
  const volume = cluster.get('PersistentVolume', claim.volumeName)
  if (volume === undefined)
    return unknown(`the volume of its claim ${name} is not in the data, so whether the next pod of ${owner} is tied to it cannot be told`)
  if (isTiedToPlaces(volume)) {
    return unknown(
      `whether the next pod of ${owner} has claim ${name} again, whose volume is tied to its place, or a new one cannot be told`,
    )
  }
  return { kind: 'comesAgain' }
}

/** Written in the template, then: another pod of the owner has it too. */
function isShared(cluster: ClusterReader, { uid, controller }: PodRecord, claim: string): boolean {
  return Array.from(cluster.podsOf(controller?.uid ?? '')).some(other => other.uid !== uid && other.claims.includes(claim))
}
