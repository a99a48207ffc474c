import type { GroupPlan, Plan, PlannedEviction } from '../../src/planning/plan-types.ts'

/** A group as a test needs it: the counts by domain, and whatever else matters to the test. */
export function group(counts: Readonly<Record<string, number>>, given: Partial<GroupPlan> = {}): GroupPlan {
  const namespace = given.namespace ?? 'shop'
  const workload = given.workload ?? { kind: 'Deployment', name: 'web' }
  const topologyKey = given.topologyKey ?? 'topology.kubernetes.io/zone'
  const numbers = Object.values(counts)
  const skew = Math.max(0, ...numbers) - Math.min(...numbers)
  const isBalanced = skew <= (given.maxSkew ?? 1)
  return {
    id: `${namespace}/${workload.kind}/${workload.name}/${topologyKey}/${given.whenUnsatisfiable ?? 'DoNotSchedule'}`,
    namespace,
    workload,
    workloads: [workload],
    topologyKey,
    whenUnsatisfiable: 'DoNotSchedule',
    origin: 'pod',
    maxSkew: 1,
    minDomains: 1,
    domains: Object.entries(counts).map(([name, count]) => ({ name, count, countAfter: count, acceptsPods: true })),
    members: numbers.reduce((sum, number) => sum + number, 0),
    skew,
    excess: numbers.reduce((sum, number) => sum + Math.max(0, number - Math.min(...numbers) - 1), 0),
    status: isBalanced ? 'Balanced' : 'Violated',
    reason: isBalanced ? 'WithinMaxSkew' : 'MovesPlanned',
    message: isBalanced ? `The skew is ${skew}, at most ${given.maxSkew ?? 1} is allowed.` : '',
    lowerBound: given.planned ?? 0,
    reachableBound: given.planned ?? 0,
    reach: 'reachableBound' in given && given.reachableBound === undefined ? 'beyond' : 'within',
    planned: 0,
    skewAfter: skew,
    excessAfter: 0,
    risk: riskOf(numbers),
    blockers: [],
    memberUids: [],
    memberNames: [],
    alsoCounted: [],
    ...given,
  }
}

/** Every pod ready, and nothing changed by a plan. */
function riskOf(counts: readonly number[]): GroupPlan['risk'] {
  const readyPods = counts.reduce((sum, count) => sum + count, 0)
  const share = readyPods === 0 ? 0 : Math.round((Math.max(...counts) / readyPods) * 1000) / 1000
  return { readyPods, now: share, after: share }
}

/** An eviction of a pod of shop/Deployment/web from az-a to az-c. */
export function eviction(order: number, given: Partial<PlannedEviction> = {}): PlannedEviction {
  return {
    order,
    wave: 1,
    waitsFor: undefined,
    namespace: 'shop',
    pod: `web-7c9f8d6b5-${'abcdefghijklmnop'[order % 16]}x2k${order}`,
    uid: `uid-${order}`,
    node: 'node-a-1',
    workload: { kind: 'Deployment', name: 'web' },
    topologyKey: 'topology.kubernetes.io/zone',
    fromDomain: 'az-a',
    toDomain: 'az-c',
    toNode: 'node-c-1',
    toDomains: ['az-c'],
    certainty: 'certain',
    groups: ['shop/Deployment/web/topology.kubernetes.io/zone/DoNotSchedule'],
    controllerUid: 'rs-uid',
    ...given,
  }
}

/** A plan of the given groups and evictions, with a summary that fits them. */
export function plan(groups: readonly GroupPlan[], evictions: readonly PlannedEviction[] = [], notices: Plan['notices'] = []): Plan {
  const having = (status: GroupPlan['status']): number => groups.filter(candidate => candidate.status === status).length
  const sum = (number: (candidate: GroupPlan) => number): number => groups.reduce((total, candidate) => total + number(candidate), 0)
  return {
    summary: {
      nodes: 9,
      pods: sum(candidate => candidate.members),
      groups: groups.length,
      violatedGroups: having('Violated') + having('Blocked'),
      blockedGroups: having('Blocked'),
      heldGroups: having('Held'),
      lowerBound: sum(candidate => candidate.lowerBound),
      reachableBound: sum(candidate => candidate.reachableBound ?? 0),
      plannedEvictions: evictions.length,
    },
    groups,
    evictions,
    leftAlone: new Map(),
    isWhole: true,
    notices,
  }
}
