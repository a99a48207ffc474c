import type { Difference } from '../scheduling/difference.ts'
import type { Clock, Recorder } from './ports.ts'
import type { Sample } from './sampling.ts'

export interface SelfCheckOptions {
  readonly clock: Clock
  readonly recorder: Recorder
  /** Milliseconds from one sample to the next. */
  readonly every: () => number
  /** Compares the next sample. */
  readonly compare: () => Sample
  /** A sample was compared. */
  readonly compared: (sample: Sample) => void
  /** Builds anew what plans are made from. Synchronous, so that nothing is decided before it is done. */
  readonly heal: () => void
}

/** So many differences of a sample are told one by one. */
const MOST_TOLD = 10

/** A fault that healing does not end must not cost a plan from scratch at every sample. */
const LONGEST_PAUSE = 3_600_000

/**
 * Compares, every so often, a sample of what plans are made from with a computation from scratch; counts, tells and heals what differs. Returns how
 * to end it.
 */
export function startSelfCheck({ clock, recorder, every, compare, compared, heal }: SelfCheckOptions): () => void {
  /** Twice as long from one sample with differences to the next. */
  let pause = 0
  let cancel = clock.after(every(), check)

  function check(): void {
    const sample = compare()
    compared(sample)
    const { differences } = sample
    pause = differences.length === 0 ? 0 : Math.min(2 * Math.max(pause, every()), LONGEST_PAUSE)
    if (differences.length > 0) {
      tell(differences)
      heal()
      recorder.record({
        reason: 'ViewsRenewed',
        level: 'info',
        message: 'what plans are made from was built anew from the objects of the cluster; what was decided before is decided again',
      })
    }
    cancel = clock.after(Math.max(pause, every()), check)
  }

  function tell(differences: readonly Difference[]): void {
    for (const { view, about, held, counted } of differences.slice(0, MOST_TOLD)) {
      recorder.record({
        reason: 'ViewDiffers',
        level: 'warning',
        message: `the view of ${view} differs from the cluster at ${about}: it holds ${held}; from scratch: ${counted}`,
        fields: { view, subject: about, held, counted },
      })
    }
    const more = differences.length - MOST_TOLD
    if (more > 0) recorder.record({ reason: 'ViewDiffers', level: 'warning', message: `so it does in ${more} more places` })
  }

  return () => cancel()
}
