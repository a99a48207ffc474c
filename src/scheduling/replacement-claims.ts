import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { PersistentVolumeClaimRecord } from '../cluster/volume.ts'
import type { PodTemplate } from '../cluster/workload.ts'
import { OF_REPLACEMENT } from './replacement-name.ts'

/** The claims of a replacement; those of generic ephemeral volumes come into being with it. */
export type ReplacementClaims =
  | { readonly kind: 'claims'; readonly claims: readonly string[]; readonly claimsToCome: readonly PersistentVolumeClaimRecord[] }
  | { readonly kind: 'unknown'; readonly problem: string }

/**
 * The claims of a pod that takes the place of another. `written` are the names that do not depend on the pod's life: of the template's volumes and
 * a StatefulSet's claim templates. An ephemeral volume's claim is modelled on the victim's, which has gone through the same admission.
 */
export function replacementClaims(
  cluster: ClusterReader,
  victim: PodRecord,
  template: PodTemplate,
  written: readonly string[],
  { name, uid }: Pick<PodRecord, 'name' | 'uid'>,
): ReplacementClaims {
  const claimsToCome: PersistentVolumeClaimRecord[] = []
  for (const volume of template.ephemeralVolumes) {
    const model = cluster.get('PersistentVolumeClaim', `${victim.namespace}/${victim.name}-${volume}`)
    if (model === undefined) {
      return {
        kind: 'unknown',
        problem: `the claim of its ephemeral volume ${volume} is not in the data, so what the next one needs cannot be told`,
      }
    }
    claimsToCome.push(unbound(model, `${name}-${volume}`, uid))
  }
  return { kind: 'claims', claims: [...written, ...claimsToCome.map(claim => claim.name)], claimsToCome }
}

/** The claim as its controller creates it: without a volume, owned by the pod. */
function unbound(model: PersistentVolumeClaimRecord, name: string, ownerUid: string): PersistentVolumeClaimRecord {
  return {
    ...model,
    name,
    uid: `${model.uid}${OF_REPLACEMENT}`,
    ownerUid,
    volumeName: '',
    bindCompleted: false,
    selectedNode: undefined,
    phase: 'Pending',
    deletedAt: undefined,
  }
}
