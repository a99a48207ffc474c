import type { PodSpec } from './pod.ts'

/**
 * What is wrong with spread constraints that could not be read, so that the pod has fewer than its spec says; undefined where nothing is. A pod with
 * any of its own gets none of the defaults (podtopologyspread/common.go, 1.36), be they of no use to anybody.
 */
export function unreadConstraints({ problems }: PodSpec): string | undefined {
  return problems.find(problem => problem.startsWith('topologySpreadConstraints'))
}
