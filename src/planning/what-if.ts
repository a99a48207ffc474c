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
  /**
   * Of those removed from the node, in that order, the ones without whose leaving it would have no place for the pod; none where it has one
   * all the same.
   */
  placeLeftBy(pod: PodRecord, nodeName: string): readonly PodRecord[]
  /** Asks with all that were removed from the node still there, terminating: out of every spread count, still holding their room. */
  whileTheyLinger<Answer>(nodeName: string, now: number, ask: () => Answer): Answer
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
    placeLeftBy(pod, nodeName) {
      const others = removed.get(nodeName) ?? NOBODY
      if (others.length === 0) return NOBODY
      for (const other of others) model.imagine(undefined, other)
      let gone = 0
      for (const other of others) {
        if (model.refusalOn(pod, nodeName) === undefined) break
        model.imagine(other, undefined)
        gone += 1
      }
      for (const other of others.slice(gone)) model.imagine(other, undefined)
      return gone === 0 ? NOBODY : others.slice(0, gone)
    },
    whileTheyLinger(nodeName, now, ask) {
      const lingering = (removed.get(nodeName) ?? NOBODY).map((pod): PodRecord => ({ ...pod, deletedAt: now }))
      for (const pod of lingering) model.imagine(undefined, pod)
      const answer = ask()
      for (const pod of lingering) model.imagine(pod, undefined)
      return answer
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

const NOBODY: readonly PodRecord[] = []
