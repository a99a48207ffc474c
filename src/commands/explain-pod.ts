import type { Delta } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { recordKey } from '../cluster/records.ts'
import type { PlacementExplanation } from '../scheduling/prediction.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import { CommandError } from './errors.ts'

/**
 * Where the scheduler would place a pod, node by node; for a bound pod: where it would place what its owner creates once the pod is evicted.
 * The model is left as it was. Throws a CommandError when there is no such pod.
 */
export function explainPodReport(model: SchedulerModel, namespace: string, name: string): PlacementExplanation {
  const pod = model.cluster.pod(namespace, name)
  if (pod === undefined) throw new CommandError(`there is no pod ${namespace}/${name}; name one as NAMESPACE/POD`)
  if (pod.nodeName === undefined) return model.explain(pod)

  const answer = model.replacementOf(pod)
  const [replacement, isGone, doubts] =
    answer.kind === 'replacement'
      ? [answer.pod, answer.comesAfter === 'gone', []]
      : [{ ...pod, nodeName: undefined }, false, [`${answer.problem}; shown is where the pod itself would go`]]
  const eviction = evictionOf(pod, isGone)
  model.advance(eviction)
  const explanation = model.explain(replacement)
  model.undo(eviction)
  return {
    ...explanation,
    pod: { namespace, name, nodeName: pod.nodeName, replacement: answer.kind === 'replacement' },
    warnings: [...doubts, ...explanation.warnings],
  }
}

/** Most replacements come while the victim still holds its resources; when it was deleted does not matter, only that it was. */
function evictionOf(pod: PodRecord, isGone: boolean): Delta {
  return {
    kind: 'Pod',
    key: recordKey(pod),
    before: pod,
    after: isGone ? undefined : { ...pod, deletedAt: pod.deletedAt ?? pod.createdAt },
  }
}
