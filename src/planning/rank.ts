import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { areMadeAlike } from '../scheduling/made-alike.ts'
import { NO_DOMAIN } from '../scheduling/node-layout.ts'
import { alikeAmong, type Alike } from './alike.ts'
import type { MoveContext } from './move-context.ts'
import type { SpreadState } from './spread-state.ts'

/** A pod worth trying, which stands for those like it. */
export interface Choice {
  readonly pod: PodRecord
  /** Itself, and whoever is gone already among them. */
  readonly alike: readonly PodRecord[]
}

/**
 * Pods that may be moved, sorted out once for many questions. Worth trying is, of those that are alike, the first that is not gone. Best are
 * those whose departure promises most over all groups, then those that stand highest above the lowest count in the groups in question, then
 * those that do least harm.
 */
export interface Candidates {
  best(gone: ReadonlySet<string>): Choice | undefined
  /** The others, best first, for whoever has tried the best and taken it back. */
  afterBest(gone: ReadonlySet<string>): Iterable<Choice>
}

/**
 * @param movable least harm first
 * @param within the groups in question
 */
export function candidatesAmong(movable: readonly PodRecord[], within: readonly SpreadState[], context: MoveContext): Candidates {
  const groups = new Map<SpreadState, RankedGroup>()
  const groupOf = (state: SpreadState): RankedGroup =>
    memo(groups, state, () => ({ state, isWithin: within.includes(state), excess: 0, lowest: 0, gains: [], gainOfOutsider: undefined }))
  /** Of pods that are made alike, which mostly come one after the other. */
  let latest: { readonly pod: PodRecord; readonly actedOn: readonly Pick<Standing, 'group' | 'isOwn'>[] } | undefined
  const { model } = context.whatIf
  const { cluster } = model
  const { slotOf } = model.nodeSlots()
  const kinds = alikeAmong(cluster, slotOf, movable, context.states).map(({ first, slot, pods, places, counting }): Kind => {
    if (latest === undefined || !areMadeAlike(cluster, first, latest.pod)) {
      const acting = counting.filter(state => context.acting.has(state))
      latest = { pod: first, actedOn: acting.map(state => ({ group: groupOf(state), isOwn: context.carries(first, state) })) }
    }
    const standing = latest.actedOn.map(({ group, isOwn }) => ({ group, domain: group.state.index.bySlot[slot] ?? NO_DOMAIN, isOwn }))
    return { pods, places, standing }
  })
  const lookAtAll = (): void => {
    for (const group of groups.values()) lookAt(group)
  }
  return {
    best(gone) {
      lookAtAll()
      let best: Ranked | undefined
      for (const kind of kinds) best = rankOf(kind, gone, best) ?? best
      return best
    },
    afterBest(gone) {
      lookAtAll()
      return kinds
        .flatMap(kind => rankOf(kind, gone) ?? [])
        .sort(bestFirst)
        .slice(1)
    },
  }
}

/** All of them, best first. Whoever is content with the best does not pay for the order of the others. */
export function* ranked(candidates: Candidates, gone: ReadonlySet<string>): Generator<Choice> {
  const best = candidates.best(gone)
  if (best === undefined) return
  yield best
  yield* candidates.afterBest(gone)
}

interface Kind extends Pick<Alike, 'pods' | 'places'> {
  readonly standing: readonly Standing[]
}

/** A group acted on that counts some pods, and the domain that they stand in; {@link NO_DOMAIN} on a node that does not count, say for want of the key. */
interface Standing {
  readonly group: RankedGroup
  readonly domain: number
  /** The pods carry its constraint. */
  readonly isOwn: boolean
}

/** A group with what the ranking asks of it again and again; with each move it is another. */
interface RankedGroup {
  readonly state: SpreadState
  /** It is one of those in question. */
  readonly isWithin: boolean
  excess: number
  lowest: number
  /** By how much its excess could fall for a pod out of a domain with that count, by count: many domains share few. */
  readonly gains: (number | undefined)[]
  /** The same for a pod out of no domain. */
  gainOfOutsider: number | undefined
}

function lookAt(group: RankedGroup): void {
  group.excess = group.state.excess()
  group.lowest = group.state.lowest()
  group.gains.length = 0
  group.gainOfOutsider = undefined
}

/** @param count of the domain that the pod leaves, if it leaves any */
function gainFrom({ state, excess, lowest }: RankedGroup, count: number | undefined): number {
  // Out of the emptiest domain the pod would best come back to it, and out of none it may best stay out.
  return count !== undefined && count <= lowest ? 0 : Math.max(0, excess - state.excessIf(count, lowest))
}

interface Outlook {
  /** How far the excess could fall if the replacement went, for each group by itself, to its emptiest domain: never less than what it does. */
  readonly promise: number
  /** By how much its domains exceed the lowest count, over the groups in question that have excess. */
  readonly height: number
  /** By harm. */
  readonly place: number
}

type Ranked = Choice & Outlook

/** @param best only what is better is of interest */
function rankOf({ pods, places, standing }: Kind, gone: ReadonlySet<string>, best?: Ranked): Ranked | undefined {
  let promise = 0
  let promiseForOwn = 0
  let height = 0
  for (const { group, domain, isOwn } of standing) {
    if (group.excess === 0) continue
    let gain: number
    if (domain === NO_DOMAIN) {
      gain = group.gainOfOutsider ??= gainFrom(group, undefined)
    } else {
      const count = group.state.countIn(domain)
      if (group.isWithin) height += count - group.lowest
      gain = group.gains[count] ??= gainFrom(group, count)
    }
    promise += gain
    if (isOwn) promiseForOwn += gain
  }
  if (promiseForOwn <= 0) return undefined
  if (best !== undefined && compareOutlook(promise, height, places[0] ?? 0, best) > 0) return undefined
  for (let at = 0; at < pods.length; at += 1) {
    const pod = pods[at]
    if (pod === undefined || gone.has(pod.uid)) continue
    const ranked = { pod, alike: pods, promise, height, place: places[at] ?? 0 }
    return best === undefined || bestFirst(ranked, best) < 0 ? ranked : undefined
  }
  return undefined
}

/** Negative where pods with that outlook come before the other. */
function compareOutlook(promise: number, height: number, place: number, other: Outlook): number {
  return other.promise - promise || other.height - height || place - other.place
}

function bestFirst({ promise, height, place }: Outlook, other: Outlook): number {
  return compareOutlook(promise, height, place, other)
}
