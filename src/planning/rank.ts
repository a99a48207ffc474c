import type { PodRecord } from '../cluster/pod.ts'
import { isReplicaOwner } from '../scheduling/controller-record.ts'
import type { MoveContext } from './move.ts'
import { excessNow, type SpreadState } from './spread-state.ts'

/** Pods that the scheduler and every count treat alike: whatever refuses one of them refuses all. Least harm first. */
interface Alike {
  readonly pods: readonly PodRecord[]
  /** The groups that count them, with the domain that they stand in; -1 where that does not count. */
  readonly counting: readonly SpreadState[]
  readonly domains: readonly number[]
}

/** Pods that may be moved, sorted out once for many questions. */
export interface Candidates {
  /**
   * The pods worth trying that are not gone, best first, those that are alike together. First those whose departure promises most over all
   * groups, then those that stand highest above the lowest count in the groups in question, then least harm.
   */
  ranked(within: ReadonlySet<SpreadState>, gone: ReadonlySet<string>): readonly (readonly PodRecord[])[]
}

/** @param movable least harm first */
export function candidatesAmong(movable: readonly PodRecord[], context: MoveContext): Candidates {
  const harm = new Map(movable.map((pod, order) => [pod, order]))
  const kinds = alikeAmong(movable, context)
  return {
    ranked(within, gone) {
      const gains = createGains()
      return kinds
        .flatMap(kind => {
          const pods = gone.size === 0 ? kind.pods : kind.pods.filter(({ uid }) => !gone.has(uid))
          const [pod] = pods
          if (pod === undefined) return []
          const { promise, height } = outlookOf(kind, context, within, gains)
          return promise > 0 ? [{ pods, promise, height, order: harm.get(pod) ?? 0 }] : []
        })
        .sort((a, b) => b.promise - a.promise || b.height - a.height || a.order - b.order)
        .map(({ pods }) => pods)
    },
  }
}

/** Sorts pods by everything that tells them apart, one thing after the other: one joined text for each pod would cost more than all the rest. */
function alikeAmong(pods: readonly PodRecord[], { states }: MoveContext): readonly Alike[] {
  const root: Branch = { next: new Map(), alike: undefined }
  const found: Alike[] = []
  for (const pod of pods) {
    const counting = states.counting(pod)
    const domains = counting.map(({ index }) => index.of(pod.nodeName ?? '') ?? -1)
    let branch = branchOf(branchOf(branchOf(root, pod.spec), pod.labels), ownName(pod) ?? pod.controller?.uid)
    for (const domain of domains) branch = branchOf(branch, domain)
    if (branch.alike === undefined) found.push((branch.alike = { pods: [pod], counting, domains }))
    else branch.alike.pods.push(pod)
  }
  return found
}

interface Branch {
  readonly next: Map<unknown, Branch>
  alike: (Alike & { readonly pods: PodRecord[] }) | undefined
}

function branchOf({ next }: Branch, key: unknown): Branch {
  let branch = next.get(key)
  if (branch === undefined) next.set(key, (branch = { next: new Map(), alike: undefined }))
  return branch
}

/** Volumes are a pod's own, and what comes once the pod is gone finds its node's room freed: those pods are like no other. */
function ownName({ name, claims, controller }: PodRecord): string | undefined {
  const comesLater = controller !== undefined && (controller.kind === 'StatefulSet' || !isReplicaOwner(controller))
  return claims.length > 0 || comesLater ? `pod ${name}` : undefined
}

/** By how much the excess of a group could fall for a pod out of a domain with that count. */
type Gains = (state: SpreadState, count: number) => number

/** Many domains share few counts, and the answer depends on the count alone. */
function createGains(): Gains {
  const known = new Map<SpreadState, (number | undefined)[]>()
  return (state, count) => {
    const byCount = known.get(state) ?? []
    known.set(state, byCount)
    return (byCount[count] ??= gainFrom(state, count))
  }
}

function gainFrom(state: SpreadState, count: number): number {
  const lowest = state.lowest()
  // Out of the emptiest domain the pod would best come back to it.
  return count <= lowest ? 0 : excessNow(state) - state.excessIf(count, lowest)
}

interface Outlook {
  /** How far the excess could fall if the replacement went, for each group by itself, to its emptiest domain: never less than what it does. */
  readonly promise: number
  /** By how much its domains exceed the lowest count, over the groups in question that have excess. */
  readonly height: number
}

function outlookOf({ counting, domains }: Alike, { acting }: MoveContext, within: ReadonlySet<SpreadState>, gains: Gains): Outlook {
  let promise = 0
  let height = 0
  for (let i = 0; i < counting.length; i += 1) {
    const state = counting[i]
    const domain = domains[i] ?? -1
    if (state === undefined || domain === -1 || !acting.has(state) || excessNow(state) === 0) continue
    const count = state.countIn(domain)
    if (within.has(state)) height += count - state.lowest()
    promise += gains(state, count)
  }
  return { promise, height }
}
