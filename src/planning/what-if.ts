import type { PodRecord } from '../cluster/pod.ts'
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
  const replaced: { readonly pod: PodRecord; readonly before: PodRecord | undefined }[] = []
  const imagine = (pod: PodRecord, after: PodRecord | undefined): void => {
    replaced.push({ pod, before: model.imagine(pod, after) })
  }
  return {
    model,
    terminate(pod, now) {
      const terminating: PodRecord = { ...pod, deletedAt: now }
      imagine(pod, terminating)
      return terminating
    },
    remove: pod => imagine(pod, undefined),
    place(pod, nodeName) {
      const placed: PodRecord = { ...pod, nodeName }
      imagine(placed, placed)
      return placed
    },
    mark: () => replaced.length,
    backTo(mark) {
      while (replaced.length > mark) {
        const latest = replaced.pop()
        if (latest !== undefined) model.imagine(latest.pod, latest.before)
      }
    },
  }
}
