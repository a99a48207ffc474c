import type { ClusterReader } from '../cluster/cluster-state.ts'
import { matchesLabels } from '../cluster/label-selector.ts'
import type { NodeRecord } from '../cluster/node.ts'
import type { CsiStorageCapacityRecord, PersistentVolumeClaimRecord } from '../cluster/volume.ts'
import { matchesNodeSelectorTerm } from './node-affinity.ts'
import { classOf } from './volume-claims.ts'

const NO_PROVISIONER = 'kubernetes.io/no-provisioner'

/** Whether a volume for a claim can be made on a node. */
export type Provisioning = 'possible' | 'noProvisioner' | 'noRoom'

/** Answers for one claim, node by node (checkVolumeProvisions and hasEnoughCapacity in volumebinding/binder.go, 1.36). */
export function provisioningOf(cluster: ClusterReader, claim: PersistentVolumeClaimRecord): (node: NodeRecord) => Provisioning {
  const storageClass = classOf(cluster, claim)
  if (storageClass === undefined || storageClass.provisioner === '' || storageClass.provisioner === NO_PROVISIONER) {
    return () => 'noProvisioner'
  }
  const { allowedTopologies, provisioner } = storageClass
  const tellsCapacity = cluster.get('CSIDriver', provisioner)?.storageCapacity === true
  const capacities = tellsCapacity
    ? Array.from(cluster.all('CSIStorageCapacity')).filter(
        capacity => capacity.storageClassName === storageClass.name && isLargeEnough(capacity, claim.requestedBytes),
      )
    : []
  return node => {
    if (allowedTopologies.length > 0 && !allowedTopologies.some(term => matchesNodeSelectorTerm(term, node))) return 'noProvisioner'
    if (tellsCapacity && !capacities.some(({ nodeTopology }) => matchesLabels(nodeTopology, node.labels))) return 'noRoom'
    return 'possible'
  }
}

/** The largest single volume is what counts where the driver tells it; one that tells neither has no room. */
function isLargeEnough({ capacity, maximumVolumeSize }: CsiStorageCapacityRecord, bytes: number): boolean {
  const largest = maximumVolumeSize ?? capacity
  return largest !== undefined && largest >= bytes
}
