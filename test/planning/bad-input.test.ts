import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { ClusterState } from '../../src/cluster/cluster-state.ts'
import { matchesLabels } from '../../src/cluster/label-selector.ts'
import { readSnapshot, SnapshotError } from '../../src/cluster/snapshot.ts'
import { plan } from '../../src/planning/plan.ts'
import type { Plan, PlannedEviction } from '../../src/planning/plan-types.ts'
import { DEFAULT_POLICY } from '../../src/planning/policy.ts'
import { standingOf } from '../../src/planning/standing.ts'
import { rebalanceReport } from '../../src/reporting/report-json.ts'
import { reportTable } from '../../src/reporting/report-table.ts'
import { jsonPieces } from '../../src/reporting/structured-output.ts'
import { workloadExplanation } from '../../src/reporting/workload-explanation.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'
import { AT_REST, budget, hard, HOST, planFor, rawNode, soft, spreadOn, workload, zones } from '../support/spread-world.ts'
import { boundClaim } from '../support/volumes.ts'

const THREE = { a: 2, b: 2, c: 2 }
const folder = mkdtempSync(join(tmpdir(), 'respread-bad-input-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A cluster with something of everything that the planner reads, whose workloads want to move. */
const SOUND: readonly unknown[] = [
  ...zones(THREE),
  rawNode({ name: 'c2', zone: 'c', cordoned: true }),
  ...workload({ name: 'web', on: spreadOn(THREE, [4, 4, 0]), spread: [hard('web', { minDomains: 2, matchLabelKeys: ['tier'] })] }),
  ...workload({ name: 'api', on: spreadOn(THREE, [3, 2, 0]), spread: [soft('api'), soft('api', { topologyKey: HOST })] }),
  ...workload({
    name: 'db',
    kind: 'StatefulSet',
    on: ['a0', 'a0', 'b0'],
    spread: [hard('db', { topologyKey: HOST })],
    pods: { 0: { spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }] } } },
  }),
  ...workload({ name: 'waiting', on: [undefined], spread: [soft('waiting')] }),
  budget('api', { maxUnavailable: '50%' }, { disruptionsAllowed: 2, currentHealthy: 5, desiredHealthy: 3, expectedPods: 5 }),
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', uid: 'shop', labels: { env: 'prod' }, annotations: {} } },
  { apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'shop', name: 'web', uid: 'svc' }, spec: { selector: { app: 'web' } } },
  ...boundClaim('data-db-0', 'zonal', 'a'),
  { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'zonal', uid: 'zonal' }, provisioner: 'example.com/disk' },
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high', uid: 'high' }, value: 1000 },
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { namespace: 'shop', name: 'web', uid: 'hpa' },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 9 },
    status: { lastScaleTime: '2026-01-01T11:59:00Z' },
  },
]

interface Outcome {
  readonly cluster: ClusterState
  readonly result: Plan
}

let files = 0

/** Through the file and the reader to the plan; undefined where the reader says in a sentence that the file is of no use. */
async function planOf(objects: readonly unknown[]): Promise<Outcome | undefined> {
  const file = join(folder, `${(files += 1)}.json`)
  writeFileSync(file, JSON.stringify({ kind: 'List', items: objects }))
  try {
    const { state: cluster } = await readSnapshot(file)
    return { cluster, result: plan({ cluster, model: createSchedulerModel(cluster, DEFAULT_PROFILES) }, DEFAULT_POLICY, AT_REST) }
  } catch (error) {
    if (error instanceof SnapshotError) return undefined
    throw error
  } finally {
    rmSync(file)
  }
}

/** Asked of the records alone, not of the vetoes. */
function mayBeEvicted(cluster: ClusterState, { namespace, pod: name, uid, node }: PlannedEviction): boolean {
  const pod = cluster.pod(namespace, name)
  if (pod === undefined || pod.uid !== uid || pod.nodeName !== node || cluster.node(node) === undefined) return false
  const controller =
    pod.controller &&
    cluster.get(pod.controller.kind === 'StatefulSet' ? 'StatefulSet' : 'ReplicaSet', `${namespace}/${pod.controller.name}`)
  const budgets = [...cluster.budgetsIn(namespace)]
  return (
    namespace !== 'kube-system' &&
    pod.deletedAt === undefined &&
    pod.phase === 'Running' &&
    pod.spec.problems.length === 0 &&
    pod.spec.priority < 2_000_000_000 &&
    pod.createdAt <= AT_REST.now - 60_000 &&
    pod.annotations.get('respread.io/evict') === undefined &&
    controller?.uid === pod.controller?.uid &&
    controller?.problems.length === 0 &&
    controller.deletedAt === undefined &&
    cluster.knows('PodDisruptionBudget') &&
    budgets.every(({ problems }) => problems.length === 0) &&
    budgets.filter(({ selector }) => matchesLabels(selector, pod.labels)).length < 2
  )
}

/** Everything that is shown of a plan, in every form. */
function shown({ cluster, result }: Outcome): string {
  const owned = Map.groupBy(cluster.pods(), pod => pod.controller?.name ?? pod.name)
  const explained = [...owned].map(([name, pods]) =>
    workloadExplanation(
      result,
      { namespace: pods[0]?.namespace ?? '', workload: { kind: 'Deployment', name }, pods },
      { width: 80, headers: true },
    ),
  )
  const tables = [true, false].map(wide => reportTable(result, { wide, headers: true, width: 80, limit: Infinity }))
  return [...tables, ...explained, ...jsonPieces(rebalanceReport(result))].join('')
}

/** What is wrong with an outcome; a snapshot of no use has none. */
function complaints(outcome: Outcome | undefined): readonly string[] {
  if (outcome === undefined) return []
  const { cluster, result } = outcome
  const moved = new Set(result.evictions.map(({ uid }) => uid))
  const text = shown(outcome)
  return [
    ...result.evictions.flatMap(eviction => (mayBeEvicted(cluster, eviction) ? [] : [`${eviction.pod} is evicted and must not be`])),
    ...result.evictions.flatMap(({ pod, uid }) => (result.leftAlone.has(uid) ? [`${pod} is evicted and left alone`] : [])),
    ...result.groups.flatMap(({ id, message }) => (message === '' ? [`${id} has no message`] : [])),
    ...result.groups.flatMap(({ id, excess, excessAfter, planned }) =>
      excessAfter > excess || planned > excess ? [`${id} is not helped`] : [],
    ),
    ...[...cluster.pods()].flatMap(pod =>
      (standingOf(result, pod) === undefined) === moved.has(pod.uid) ? [] : [`of ${pod.name} nothing is said, or too much`],
    ),
    ...[...text.matchAll(/.*(?:[^\x20-\x7e\n]|undefined|NaN|\[object ).*/g)].map(([line]) => `shown is ${JSON.stringify(line)}`),
  ]
}

describe('a sound cluster', () => {
  it('has a plan, so that what follows breaks something', async () => {
    const outcome = await planOf(SOUND)
    expect(outcome?.result.evictions.length).toBeGreaterThanOrEqual(4)
    expect(complaints(outcome)).toEqual([])
  })
})

/** Takes the place of what a field holds; `undefined` leaves the field out. */
const badValue = fc.constantFrom<readonly unknown[]>(
  [undefined],
  [null],
  [0],
  [-1],
  [1.5],
  [2 ** 31],
  [-(2 ** 53)],
  [1e300],
  [''],
  ['0'],
  ['-5'],
  ['1e999'],
  ['x'.repeat(5000)],
  ['__proto__'],
  ['constructor'],
  ['\u001b[31mred\u0000\u202e'],
  ['2026-13-45T99:99:99Z'],
  [true],
  [[]],
  [{}],
  [[null, null]],
  [{ ['__proto__']: { polluted: true }, constructor: 'x', toString: 1 }],
  [['a', 1, { b: [] }]],
)

interface Mutation {
  readonly object: number
  /** Which way to go at each level; where it ends the value is put in place. */
  readonly path: readonly number[]
  readonly value: readonly unknown[]
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  object: fc.nat(),
  path: fc.array(fc.nat(), { minLength: 1, maxLength: 9 }),
  value: badValue,
})

function mutated(objects: readonly unknown[], mutations: readonly Mutation[]): readonly unknown[] {
  const copy = structuredClone(objects) as Record<string, unknown>[]
  for (const { object, path, value } of mutations) {
    let at: Record<string, unknown> | undefined = copy[object % copy.length]
    for (const [depth, choice] of path.entries()) {
      if (at === undefined) break
      const keys = Object.keys(at)
      const key = keys[choice % Math.max(1, keys.length)]
      if (key === undefined) break
      const next: unknown = at[key]
      const isInner: boolean = typeof next === 'object' && next !== null && Object.keys(next).length > 0 && depth < path.length - 1
      if (!isInner) {
        at[key] = value[0]
        break
      }
      at = next as Record<string, unknown>
    }
  }
  return copy
}

const SEEDS = Array.from({ length: 10 }, (_, index) => 2026 + index)

it.each([{ maxSkew: -1 }, { maxSkew: 1e300 }, { topologyKey: undefined }, { whenUnsatisfiable: 'Never' }])(
  'a pod whose only constraint cannot be read, %j, gets no defaults in its place',
  broken => {
    const made = workload({ name: 'web', on: spreadOn(THREE, [12, 0, 0]), spread: [hard('web', broken)] })
    const { groups, evictions } = planFor([...zones(THREE), ...made], {
      constraints: { ...DEFAULT_POLICY.constraints, clusterDefaults: true },
    })
    expect(groups).toEqual([])
    expect(evictions).toEqual([])
  },
)

describe.each(SEEDS)('a snapshot with fields broken at random (seed %i)', seed => {
  it('is planned for without a crash, and nobody protected is evicted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async mutations => {
        expect(complaints(await planOf(mutated(SOUND, mutations)))).toEqual([])
      }),
      { seed, numRuns: 25 },
    )
  })

  it('is so when the constraint of a workload is broken, and written twice', async () => {
    const part = fc.constantFrom(
      'maxSkew',
      'topologyKey',
      'whenUnsatisfiable',
      'labelSelector',
      'minDomains',
      'matchLabelKeys',
      'nodeTaintsPolicy',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(part, badValue), { minLength: 1, maxLength: 3 }), async breaks => {
        const broken = hard('web', Object.fromEntries(breaks.map(([key, [value]]) => [key, value])))
        const outcome = await planOf([
          ...zones(THREE),
          ...workload({ name: 'web', on: spreadOn(THREE, [4, 4, 0]), spread: [broken, broken] }),
          budget('other', { maxUnavailable: 1 }, {}),
        ])
        expect(complaints(outcome)).toEqual([])
      }),
      { seed, numRuns: 15 },
    )
  })
})
