import type { ClusterReader } from '../cluster/cluster-state.ts'
import { isReplicaOwner } from '../scheduling/controller-record.ts'
import { createAffinityTies } from './affinity-ties.ts'
import type { Move } from './move.ts'
import type { PlannedEviction } from './plan-types.ts'
import type { Policy } from './policy.ts'
import type { Situation } from './situation.ts'
import { wavesOf } from './waves.ts'
import type { Owners, OwnersFinder } from './workloads.ts'

/** The moves as evictions, in the order of their waves and else of the plan. */
export function evictionsOf(
  moves: readonly Move[],
  cluster: ClusterReader,
  ownersOf: OwnersFinder,
  policy: Policy,
  situation: Situation,
): readonly PlannedEviction[] {
  const affinityOf = createAffinityTies(
    cluster,
    moves.map(({ replacement }) => replacement),
  )
  // A landing leans on every earlier move that its groups count, whether or not that move was for them; a changed template makes for other groups.
  const victims = moves.map(move => {
    const { victim, replacement, leavers, touched } = move
    return { move, pod: victim, owners: ownersOf(victim), groups: touched, leavers, affinity: affinityOf(replacement) }
  })
  const turns = wavesOf(victims, cluster, policy, situation)
  return turns
    .toSorted((one, other) => one.wave - other.wave)
    .map(({ victim, wave, waitsFor }, place) => evictionOf(victim.move, victim.owners, { order: place + 1, wave, waitsFor }, cluster))
}

function evictionOf(
  move: Move,
  owners: Owners,
  { order, wave, waitsFor }: Pick<PlannedEviction, 'order' | 'wave' | 'waitsFor'>,
  cluster: ClusterReader,
): PlannedEviction {
  const { victim, from, to, fromDomain, toDomain, toDomains, helped, certainty } = move
  const state = helped[0]
  const topologyKey = state?.group.constraint.topologyKey ?? ''
  // Where nobody can read what the owner makes, every landing is that of a pod which is merely assumed.
  const isAssumed = victim.controller === undefined || !isReplicaOwner(victim.controller)
  const domainOf = (domain: number, nodeName: string): string | undefined =>
    state?.index.names[domain] ?? cluster.node(nodeName)?.labels.get(topologyKey)
  return {
    order,
    wave,
    waitsFor,
    namespace: victim.namespace,
    pod: victim.name,
    uid: victim.uid,
    node: from,
    workload: owners.name,
    topologyKey,
    fromDomain: domainOf(fromDomain, from),
    // Wherever it lands it helps a group in one of its domains.
    toDomain: domainOf(toDomain, to) ?? '',
    toNode: to,
    toDomains: toDomains.map(domain => state?.index.names[domain] ?? ''),
    certainty: isAssumed ? 'likely' : certainty,
    groups: helped.map(({ group }) => group.id),
    controllerUid: victim.controller?.uid ?? '',
  }
}
