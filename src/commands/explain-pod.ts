import type { PlacementExplanation } from '../scheduling/prediction.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import { CommandError } from './errors.ts'
import { noSuchPod } from './explained.ts'

/**
 * Where the scheduler would place a pod, node by node; for a bound pod: where it would place what its owner creates once the pod is evicted.
 * The model is left as it was. Throws a CommandError when there is no such pod.
 */
export function explainPodReport(model: SchedulerModel, namespace: string, name: string): PlacementExplanation {
  const pod = model.cluster.pod(namespace, name)
  if (pod === undefined) throw new CommandError(noSuchPod(model.cluster, namespace, name))
  if (pod.nodeName === undefined) return model.explain(pod)

  const answer = model.replacementOf(pod)
  const [replacement, isGone, doubts] =
    answer.kind === 'replacement'
      ? [answer.pod, answer.comesAfter === 'gone', answer.assumption === undefined ? [] : [answer.assumption]]
      : [{ ...pod, nodeName: undefined }, false, [`${answer.problem}; shown is where the pod itself would go`]]
  // Most replacements come while the victim still holds its resources; when it was deleted does not matter, only that it was.
  const terminating = { ...pod, deletedAt: pod.deletedAt ?? pod.createdAt }
  const imagined = isGone ? undefined : terminating
  model.imagine(pod, imagined)
  const explanation = model.explain(replacement)
  model.imagine(imagined, pod)
  return {
    ...explanation,
    pod: { namespace, name, nodeName: pod.nodeName, replacement: answer.kind === 'replacement' },
    warnings: [...doubts, ...explanation.warnings],
  }
}
