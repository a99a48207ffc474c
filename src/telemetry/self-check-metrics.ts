import type { Sample } from '../rebalancing/sampling.ts'
import { VIEWS } from '../scheduling/difference.ts'
import type { MetricRegistry } from './metric-registry.ts'

/** What comparing the views with a computation from scratch comes to. Returns what to tell each sample to. */
export function defineSelfCheckMetrics(registry: MetricRegistry): (sample: Sample) => void {
  const checks = registry.counter('self_checks_total', 'Samples of what plans are made from, compared with a computation from scratch.')
  const compared = registry.counter('self_check_compared_total', 'Nodes, pods and groups that were compared.', ['kind'])
  const differences = registry.counter('self_check_differences_total', 'Differences that were found, and healed, by view.', ['view'])
  // A rate needs to have seen the zero before the first one.
  for (const view of VIEWS) differences.add({ view }, 0)
  return sample => {
    checks.add({})
    compared.add({ kind: sample.of }, sample.compared)
    for (const { view } of sample.differences) differences.add({ view })
  }
}
