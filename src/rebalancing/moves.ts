import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { Plan, PlannedEviction } from '../planning/plan-types.ts'
import type { OfWorkload } from '../planning/workload-key.ts'
import type { Expectation } from './expectations.ts'

/** A pod that was moved to where it helps, remembered for a while in order to recognise that somebody moves it back. */
export interface Move extends OfWorkload {
  readonly group: string
  readonly controllerUid: string
  readonly topologyKey: string
  readonly domain: string
  /** The replacement that landed there. */
  readonly pod: string
  readonly uid: string
  readonly node: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** What undoes moves later than this, in milliseconds, is another story. */
const REMEMBERED = 60 * 60_000

/** The move that an eviction has come to with this landing. */
export function moveOf(
  expectation: Expectation,
  domain: string,
  landed: { readonly name: string; readonly uid: string; readonly node: string },
  at: number,
): Move {
  const { namespace, workload, group, controllerUid, topologyKey } = expectation
  return { namespace, workload, group, controllerUid, topologyKey, domain, pod: landed.name, uid: landed.uid, node: landed.node, at }
}

/** Leaves out what nobody can be blamed for undoing any more: it is long ago, or the node itself was lost. */
export function stillStanding(moves: readonly Move[], cluster: ClusterReader, now: number): readonly Move[] {
  return moves.filter(({ node, at }) => now < at + REMEMBERED && (cluster.node(node)?.ready ?? 'True') === 'True')
}

/**
 * Moves that somebody else has undone, as a consolidation does: the pod is gone from where it was moved to, its controller is the same, and the
 * plan would move another pod of the group to that domain once more.
 */
export function undone(moves: readonly Move[], { evictions }: Plan, cluster: ClusterReader): readonly Move[] {
  const gone = new Set(moves.filter(move => !isThere(move, cluster)))
  return evictions.flatMap(eviction => {
    const move = [...gone].find(candidate => repeats(eviction, candidate))
    if (move === undefined) return []
    gone.delete(move)
    return [move]
  })
}

function isThere({ namespace, pod, uid }: Move, cluster: ClusterReader): boolean {
  const found = cluster.pod(namespace, pod)
  return found?.uid === uid && found.deletedAt === undefined
}

function repeats({ groups, controllerUid, toDomain }: PlannedEviction, move: Move): boolean {
  return groups.includes(move.group) && controllerUid === move.controllerUid && toDomain === move.domain
}
