import type { PodRecord } from '../cluster/pod.ts'

/** What keeps a pod out of the scheduler's queue, so that no node is looked at for it (schedulinggates/scheduling_gates.go, 1.36). */
export function heldBack({ spec }: PodRecord): string | undefined {
  const [gate] = spec.schedulingGates
  return gate === undefined ? undefined : `held back by the scheduling gate ${gate}`
}
