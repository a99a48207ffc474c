import type { PodRecord } from '../cluster/pod.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'

/** Imagined changes laid over a scheduler model; nothing is copied, and whatever was imagined can be taken back. */
export interface WhatIf {
  readonly model: SchedulerModel
  /** The pod has a deletionTimestamp: out of every spread count, still holding its room. */
  terminate(pod: PodRecord, now: number): PodRecord
  /** The pod's object is gone. What was just made to terminate leaves in one step with it: no mark lies between the two. */
  remove(pod: PodRecord): void
  /** The pod runs on the node. */
  place(pod: PodRecord, nodeName: string): PodRecord
  /** Where we are, to come back to. */
  mark(): number
  /** Takes back everything imagined since the mark; 0 takes back all of it. */
  backTo(mark: number): void
}

export function createWhatIf(model: SchedulerModel): WhatIf {
  const imagined: { readonly before: PodRecord; readonly after: PodRecord | undefined }[] = []
  const imagine = (before: PodRecord, after: PodRecord | undefined): void => {
    model.imagine(before, after)
    imagined.push({ before, after })
  }
  return {
    model,
    terminate(pod, now) {
      const terminating: PodRecord = { ...pod, deletedAt: now }
      imagine(pod, terminating)
      return terminating
    },
    remove(pod) {
      model.imagine(pod, undefined)
      const before = imagined.at(-1)?.after === pod ? imagined.pop()?.before : undefined
      imagined.push({ before: before ?? pod, after: undefined })
    },
    place(pod, nodeName) {
      const placed: PodRecord = { ...pod, nodeName }
      // Unbound, it is nowhere in the model, or promised a node at most.
      imagine(pod, placed)
      return placed
    },
    mark: () => imagined.length,
    backTo(mark) {
      while (imagined.length > mark) {
        const latest = imagined.pop()
        if (latest !== undefined) model.imagine(latest.after, latest.before)
      }
    },
  }
}
