import { compareText } from '../cluster/compare-text.ts'
import { matchesLabels } from '../cluster/label-selector.ts'
import type { Labels } from '../cluster/labels.ts'
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
  const isSelected = (labels: Labels): boolean => {
    const answer = selected.get(labels) ?? matchesLabels(selector, labels)
    selected.set(labels, answer)
    return answer
  }
  const found = new Map<string, { workload: WorkloadName; pods: PodRecord[] }>()
  for (const pod of cluster.podsIn(namespace)) {
    if (!isSelected(pod.labels) || own.has(pod) || !isMember(cluster, pod)) continue
    const workload = ownersOf(cluster, pod).name
    const key = `${workload.kind}/${workload.name}`
    const known = found.get(key)
    if (known === undefined) found.set(key, { workload, pods: [pod] })
    else known.pods.push(pod)
  }
  return [...found].sort(([a], [b]) => compareText(a, b)).map(([, bystanders]) => bystanders)
}
