import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { isReplicaOwner } from '../scheduling/controller-record.ts'
import type { MoveContext } from './move.ts'
import { excessNow, type SpreadState } from './spread-state.ts'

/** Pods that the scheduler and every count treat alike: whatever refuses one of them refuses all. Least harm first. */
interface Alike {
  readonly pods: readonly PodRecord[]
  /** The groups acted on that count them, with the domain that they stand in. */
  readonly standing: readonly { readonly state: SpreadState; readonly domain: number }[]
}

/** Pods that may be moved, sorted out once for many questions. */
export interface Candidates {
  /**
   * The pods worth trying that are not gone, best first, those that are alike together. First those whose departure promises most over all
   * groups, then those that stand highest above the lowest count in the groups in question, then least harm. Whoever is content with the first
   * does not pay for the order of the others; counts must be the same whenever the next is asked for.
   */
  ranked(within: ReadonlySet<SpreadState>, gone: ReadonlySet<string>): Iterable<readonly PodRecord[]>
}

/** @param movable least harm first */
export function candidatesAmong(movable: readonly PodRecord[], context: MoveContext): Candidates {
  const harm = new Map(movable.map((pod, order) => [pod, order]))
  const kinds = alikeAmong(movable, context)
  return {
    *ranked(within, gone) {
      const gains = createGains()
      const hopeful: Ranked[] = []
      let best: Ranked | undefined
      for (const kind of kinds) {
        const { promise, height } = outlookOf(kind, within, gains)
        const first = promise > 0 ? kind.pods.find(({ uid }) => !gone.has(uid)) : undefined
        if (first === undefined) continue
        const ranked = { kind, promise, height, order: harm.get(first) ?? 0 }
        if (best === undefined || bestFirst(ranked, best) < 0) best = ranked
        hopeful.push(ranked)
      }
      const podsOf = ({ kind: { pods } }: Ranked): readonly PodRecord[] => pods.filter(({ uid }) => !gone.has(uid))
      if (best === undefined) return
      yield podsOf(best)
      for (const ranked of hopeful.sort(bestFirst)) if (ranked !== best) yield podsOf(ranked)
    },
  }
}

interface Ranked extends Outlook {
  readonly kind: Alike
  /** Of the first of its pods that is not gone, by harm. */
  readonly order: number
}

function bestFirst(one: Ranked, other: Ranked): number {
  return other.promise - one.promise || other.height - one.height || one.order - other.order
}

/** Sorts pods by everything that tells them apart, one thing after the other: one joined text for each pod would cost more than all the rest. */
function alikeAmong(movable: readonly PodRecord[], { states, acting }: MoveContext): readonly Alike[] {
  const root: Branch = { next: new Map(), alike: undefined }
  const found: Alike[] = []
  for (const pod of movable) {
    const standing = states.counting(pod).map(state => ({ state, domain: state.index.of(pod.nodeName ?? '') ?? -1 }))
    let branch = branchOf(branchOf(branchOf(root, pod.spec), pod.labels), ownName(pod) ?? pod.controller?.uid)
    for (const { domain } of standing) branch = branchOf(branch, domain)
    if (branch.alike !== undefined) {
      branch.alike.pods.push(pod)
      continue
    }
    branch.alike = { pods: [pod], standing: standing.filter(({ state, domain }) => domain !== -1 && acting.has(state)) }
    found.push(branch.alike)
  }
  return found
}

interface Branch {
  readonly next: Map<unknown, Branch>
  alike: (Alike & { readonly pods: PodRecord[] }) | undefined
}

function branchOf({ next }: Branch, key: unknown): Branch {
  return memo(next, key, () => ({ next: new Map<unknown, Branch>(), alike: undefined }))
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
    const byCount = memo(known, state, () => [])
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

function outlookOf({ standing }: Alike, within: ReadonlySet<SpreadState>, gains: Gains): Outlook {
  let promise = 0
  let height = 0
  for (const { state, domain } of standing) {
    if (excessNow(state) === 0) continue
    const count = state.countIn(domain)
    if (within.has(state)) height += count - state.lowest()
    promise += gains(state, count)
  }
  return { promise, height }
}
