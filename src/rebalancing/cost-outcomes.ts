import type { WantedCost } from './cost-changes.ts'
import { aboutPod, tooMany } from './cost-statements.ts'
import type { AnnotationOutcome, Occurrence } from './ports.ts'
import type { AnyReason } from './reasons.ts'

/** What an answer means. */
interface CostResult {
  readonly told: Occurrence | undefined
  /** The pod is left alone for so many milliseconds; undefined: the next pass looks again. */
  readonly restMs: number | undefined
}

/** @param rest how long a pod is left alone whose cost was refused, in milliseconds */
export function resultOf(outcome: AnnotationOutcome, { pod, surplus }: WantedCost, rest: number): CostResult {
  const what = surplus === undefined ? 'taking its deletion cost back' : `its deletion cost ${surplus.cost}`
  const tell = (reason: AnyReason, message: string, level: Occurrence['level'] = 'info', restMs?: number): CostResult => ({
    told: { reason, level, message: `${pod.namespace}/${pod.name}: ${message}`, about: aboutPod(pod) },
    restMs,
  })
  switch (outcome.kind) {
    case 'Written':
      return surplus === undefined
        ? tell('DeletionCostTakenBack', 'its deletion cost is taken back')
        : tell('DeletionCostSet', `its deletion cost is ${surplus.cost}: ${tooMany(surplus)}, and the next scale-in should take it`)
    case 'Unchanged':
    case 'Gone':
      // The watch is late, or on its way to say so.
      return { told: undefined, restMs: undefined }
    case 'Foreign':
      return tell('DeletionCostForeign', 'somebody else has set its deletion cost')
    case 'Conflict':
    case 'Throttled':
    case 'Lost':
      return tell('DeletionCostNotWritten', `${what} is tried again: ${outcome.message}`)
    case 'RefusedByWebhook':
    case 'Invalid':
      return tell('DeletionCostRefused', `${what} was refused: ${outcome.message}`, 'warning', rest)
    case 'Forbidden':
      return tell(
        'DeletionCostForbidden',
        `needs permission to get and patch pods in namespace ${pod.namespace}: ${outcome.message}`,
        'warning',
      )
  }
}
