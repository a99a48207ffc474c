import type { Recorder } from '../rebalancing/ports.ts'

/** One recorder that tells everything to each of these, in order. */
export function recordTo(...recorders: readonly Recorder[]): Recorder {
  return {
    record(occurrence) {
      for (const recorder of recorders) recorder.record(occurrence)
    },
  }
}
