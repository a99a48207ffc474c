import type { Delta } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { recordKey } from '../cluster/records.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'

/** Imagined changes laid over a scheduler model; nothing is copied, and whatever was imagined can be taken back. */
export interface WhatIf {
  readonly model: SchedulerModel
  /** The pod has a deletionTimestamp: out of every spread count, still holding its room. */
  terminate(pod: PodRecord, now: number): PodRecord
  /** The pod's object is gone. */
  remove(pod: PodRecord): void
  /** The pod runs on the node. */
  place(pod: PodRecord, nodeName: string): PodRecord
  /** Where we are, to come back to. */
  mark(): number
  /** Takes back everything imagined since the mark; 0 takes back all of it. */
  backTo(mark: number): void
}

export function createWhatIf(model: SchedulerModel): WhatIf {
  const imagined: Delta[] = []
  const apply = (before: PodRecord | undefined, after: PodRecord | undefined): void => {
    const pod = after ?? before
    if (pod === undefined) return
    const delta: Delta = { kind: 'Pod', key: recordKey(pod), before, after }
    model.advance(delta)
    imagined.push(delta)
  }
  return {
    model,
    terminate(pod, now) {
      const terminating: PodRecord = { ...pod, deletedAt: now }
      apply(pod, terminating)
      return terminating
    },
    remove: pod => apply(pod, undefined),
    place(pod, nodeName) {
      const placed: PodRecord = { ...pod, nodeName }
      apply(undefined, placed)
      return placed
    },
    mark: () => imagined.length,
    backTo(mark) {
      while (imagined.length > mark) {
        const delta = imagined.pop()
        if (delta !== undefined) model.undo(delta)
      }
    },
  }
}
