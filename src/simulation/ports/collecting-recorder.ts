import type { Occurrence, Recorder } from '../../rebalancing/ports.ts'

/** Keeps everything that was told, in order. */
export interface CollectingRecorder extends Recorder {
  readonly occurrences: readonly Occurrence[]
}

export function createCollectingRecorder(): CollectingRecorder {
  const occurrences: Occurrence[] = []
  return { occurrences, record: occurrence => occurrences.push(occurrence) }
}
