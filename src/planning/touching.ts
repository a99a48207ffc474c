import type { BudgetRecord } from '../cluster/budget.ts'
import { matchesLabels } from '../cluster/label-selector.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import type { PersistentVolumeClaimRecord } from '../cluster/volume.ts'
import { isWorkload, type WorkloadRecord } from '../cluster/workload.ts'
import { derivedFrom, derivesFrom } from '../scheduling/spread-constraints.ts'
import type { GroupMembers } from './group-members.ts'
import { hasBystanders, type StandingGroup } from './standing-group.ts'

/** Takes in what has become of a record that is neither pod nor node. */
export type Touching = (before: ClusterRecord | undefined, after: ClusterRecord | undefined) => void

/**
 * Finds the groups that a change around their pods touches: of owners, Services, budgets, claims and namespaces.
 *
 * @param touched takes their ids
 */
export function createTouching(
  members: Pick<GroupMembers, 'idsIn' | 'regroup'>,
  groupsIn: (namespace: string) => readonly StandingGroup[],
  touched: Set<string>,
): Touching {
  function touchWhere(namespace: string, isTouched: (group: StandingGroup) => boolean): void {
    for (const group of groupsIn(namespace)) if (isTouched(group)) touched.add(group.state.group.id)
  }

  /** Budgets are read for groups that exceed their maxSkew alone. */
  function touchCovered({ namespace, selector }: BudgetRecord): void {
    touchWhere(namespace, ({ excess, labels }) => excess > 0 && [...labels].some(each => matchesLabels(selector, each)))
  }

  function touchClaiming({ namespace, name }: Pick<PersistentVolumeClaimRecord, 'namespace' | 'name'>): void {
    touchWhere(namespace, ({ state }) => state.group.members.some(({ claims }) => claims.includes(name)))
  }

  /** @param isNamed what else groups count is told by its owners, which are others now */
  function touchOwned({ namespace, uid }: WorkloadRecord, isNamed: boolean): void {
    touchWhere(namespace, group => group.owners.has(uid) || (isNamed && hasBystanders(group)))
  }

  function touchAround(record: ClusterRecord, isOther: boolean): void {
    switch (record.kind) {
      case 'Namespace':
        for (const id of members.idsIn(record.name)) touched.add(id)
        return
      case 'PodDisruptionBudget':
        return touchCovered(record)
      case 'PersistentVolumeClaim':
        return touchClaiming(record)
      case 'PersistentVolume':
        if (record.claimRef !== undefined) touchClaiming(record.claimRef)
        return
      default:
        if (isWorkload(record)) touchOwned(record, isOther)
    }
  }

  return (before, after) => {
    const records = [before, after].filter(record => record !== undefined)
    const isOther = uidOf(before) !== uidOf(after)
    for (const record of records) touchAround(record, isOther)
    const namespace = records.find(record => 'namespace' in record)?.namespace
    if (namespace === undefined || derivedFrom(before) === derivedFrom(after)) return
    members.regroup(namespace, pod => records.some(record => derivesFrom(record, pod)))
  }
}

function uidOf(record: ClusterRecord | undefined): string | undefined {
  return record !== undefined && 'uid' in record ? record.uid : undefined
}
