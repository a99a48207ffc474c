import { memo } from '../cluster/memo.ts'
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
  /** Whether the node has a place for the pod only because others have been removed from it. */
  takesPlaceOfOthers(pod: PodRecord, nodeName: string): boolean
  /** Where we are, to come back to. */
  mark(): number
  /** Takes back everything imagined since the mark; 0 takes back all of it. */
  backTo(mark: number): void
}

export function createWhatIf(model: SchedulerModel): WhatIf {
  const imagined: { readonly before: PodRecord; readonly after: PodRecord | undefined }[] = []
  /** Pods that were removed, by node, the latest last. */
  const removed = new Map<string, PodRecord[]>()
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
      const before = (imagined.at(-1)?.after === pod ? imagined.pop()?.before : undefined) ?? pod
      imagined.push({ before, after: undefined })
      // Terminating or not: what is asked of them is room, and what affinity says, which counts them all the same.
      memo(removed, pod.nodeName ?? '', () => []).push(before)
    },
    place(pod, nodeName) {
      const placed: PodRecord = { ...pod, nodeName }
      // Unbound, it is nowhere in the model, or promised a node at most.
      imagine(pod, placed)
      return placed
    },
    takesPlaceOfOthers(pod, nodeName) {
      const others = removed.get(nodeName) ?? []
      if (others.length === 0) return false
      for (const other of others) model.imagine(undefined, other)
      const isRefused = model.refusalOn(pod, nodeName) !== undefined
      for (const other of others) model.imagine(other, undefined)
      return isRefused
    },
    mark: () => imagined.length,
    backTo(mark) {
      while (imagined.length > mark) {
        const latest = imagined.pop()
        if (latest === undefined) continue
        model.imagine(latest.after, latest.before)
        if (latest.after === undefined && mark > 0) removed.get(latest.before.nodeName ?? '')?.pop()
      }
      if (mark === 0) removed.clear()
    },
  }
}
