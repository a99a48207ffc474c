import type { ClusterState } from '../../src/cluster/cluster-state.ts'
import type { PodRecord } from '../../src/cluster/pod.ts'
import { plan } from '../../src/planning/plan.ts'
import type { Plan, PlannedEviction } from '../../src/planning/plan-types.ts'
import { DEFAULT_POLICY } from '../../src/planning/policy.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'
import { AT_REST, stateOf } from './spread-world.ts'

export interface Ending {
  /** What was evicted on the way, in that order. */
  readonly evictions: readonly PlannedEviction[]
  /** The last plan, which plans nothing. */
  readonly plan: Plan
}

/** More evictions than this are a loop. */
const MOST = 60

/**
 * Carries out the first eviction of a plan, lets the replacement land on each node that the scheduler may choose, plans anew, and so on until
 * nothing is planned: every way that it may go. Nodes of one zone are taken for one, the first by name; hosts are told apart where `byHost` says so.
 */
export function everyEnding(objects: readonly unknown[], { byHost = false }: { readonly byHost?: boolean } = {}): readonly Ending[] {
  const endings: Ending[] = []
  const follow = (moved: readonly Moved[], evictions: readonly PlannedEviction[]): void => {
    const cluster = clusterAfter(objects, moved)
    const model = createSchedulerModel(cluster, DEFAULT_PROFILES)
    const result = plan({ cluster, model }, DEFAULT_POLICY, AT_REST)
    const [first] = result.evictions
    if (first === undefined) {
      endings.push({ evictions, plan: result })
      return
    }
    if (evictions.length >= MOST) throw new Error(`more than ${MOST} evictions: it never ends`)
    for (const node of landings(cluster, first, byHost)) follow([...moved, { eviction: first, node }], [...evictions, first])
  }
  follow([], [])
  return endings
}

interface Moved {
  readonly eviction: PlannedEviction
  readonly node: string
}

function clusterAfter(objects: readonly unknown[], moved: readonly Moved[]): ClusterState {
  const cluster = stateOf(objects)
  for (const { eviction, node } of moved) {
    const victim = victimOf(cluster, eviction)
    cluster.apply({ type: 'delete', kind: 'Pod', key: `${victim.namespace}/${victim.name}` })
    cluster.apply({ type: 'upsert', record: { ...victim, uid: `${victim.uid}+`, nodeName: node } })
  }
  return cluster
}

function victimOf(cluster: ClusterState, { namespace, pod }: PlannedEviction): PodRecord {
  const victim = cluster.pod(namespace, pod)
  if (victim === undefined) throw new Error(`${namespace}/${pod} is planned to be evicted and not there`)
  return victim
}

/** The nodes that the replacement may land on. */
function landings(cluster: ClusterState, eviction: PlannedEviction, byHost: boolean): readonly string[] {
  const victim = victimOf(cluster, eviction)
  const model = createSchedulerModel(cluster, DEFAULT_PROFILES)
  const terminating: PodRecord = { ...victim, deletedAt: AT_REST.now }
  model.advance({ kind: 'Pod', key: `${victim.namespace}/${victim.name}`, before: victim, after: terminating })
  const answer = model.replacementOf(victim)
  const prediction = answer.kind === 'replacement' ? model.predict(answer.pod) : undefined
  if (prediction?.kind !== 'placed') throw new Error(`the replacement of ${victim.name} would stay Pending`)
  const possible = eviction.certainty === 'certain' ? prediction.nodes : prediction.leading
  const names = possible.map(({ name }) => name).sort()
  return byHost ? names : [...new Map(names.toReversed().map(name => [name.slice(0, 1), name])).values()]
}
