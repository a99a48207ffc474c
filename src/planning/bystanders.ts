import { compareText } from '../cluster/compare-text.ts'
import { matchesLabels } from '../cluster/label-selector.ts'
import type { Labels } from '../cluster/labels.ts'
import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { isMember, type Group } from './groups.ts'
import type { WorkloadName } from './plan-types.ts'
import { ownersOf } from './workloads.ts'

/** Pods of one workload that a group's selector counts though they do not carry its constraint: they have a share in the skew. */
export interface Bystanders {
  readonly workload: WorkloadName
  readonly pods: readonly PodRecord[]
}

/** By workload. Costs a look at the pods of the namespace. */
export function bystandersOf({ namespace, constraint: { selector }, members, cluster }: Group): readonly Bystanders[] {
  // kube-scheduler counts nothing for any other selector (podtopologyspread/common.go, 1.36).
  if (selector.kind !== 'requirements') return []
  const own = new Set(members)
  const selected = new Map<Labels, boolean>()
  const isSelected = (labels: Labels): boolean => memo(selected, labels, () => matchesLabels(selector, labels))
  const found = new Map<string, { workload: WorkloadName; pods: PodRecord[] }>()
  for (const pod of cluster.podsIn(namespace)) {
    if (!isSelected(pod.labels) || own.has(pod) || !isMember(cluster, pod)) continue
    const workload = ownersOf(cluster, pod).name
    memo(found, `${workload.kind}/${workload.name}`, () => ({ workload, pods: [] })).pods.push(pod)
  }
  return [...found].sort(([a], [b]) => compareText(a, b)).map(([, bystanders]) => bystanders)
}
