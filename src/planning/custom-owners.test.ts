import { describe, expect, it } from 'vitest'
import { AT_REST, countsAfter, hard, planFor, spreadOn, workload, zones, type WorkloadOptions } from '../../test/support/spread-world.ts'
import { boundClaim } from '../../test/support/volumes.ts'
import type { Plan } from './plan-types.ts'
import type { Policy } from './policy.ts'
import type { Situation } from './situation.ts'

const THREE = { a: 3, b: 3, c: 3 }
const TWELVE = Array.from({ length: 12 }, (_, index) => index)

/** Twelve pods of web, six in each of two zones. */
const skewed = (options: Partial<WorkloadOptions> = {}): unknown[] => [
  ...zones(THREE),
  ...workload({ name: 'web', on: spreadOn(THREE, [6, 6, 0]), spread: [hard('web')], ...options }),
]

type Pods = NonNullable<WorkloadOptions['pods']>

/** Twelve pods that such an owner has made, some of them otherwise than the rest. */
function ownedBy(apiVersion: string, kind: string, otherwise: Pods = {}): Partial<WorkloadOptions> {
  const ownerReferences = [{ apiVersion, kind, name: 'web', uid: `${kind}-web`, controller: true }]
  const pods = TWELVE.map(index => [index, { ...otherwise[index], metadata: { ownerReferences, ...otherwise[index]?.metadata } }] as const)
  return { pods: Object.fromEntries(pods) }
}

/** What is planned for a CloneSet that is opted in. */
function planned(
  otherwise: Pods = {},
  policy: Partial<Policy> = {},
  situation: Partial<Situation> = {},
  more: readonly unknown[] = [],
): Plan {
  const objects = [...skewed(ownedBy('apps.kruise.io/v1alpha1', 'CloneSet', otherwise)), ...more]
  return planFor(objects, { ownerKinds: ['CloneSet'], ...policy }, situation)
}

const eachLabelled = (labelsOf: (index: number) => Readonly<Record<string, string>>): Pods =>
  Object.fromEntries(TWELVE.map(index => [index, { metadata: { labels: { app: 'web', ...labelsOf(index) } } }]))
const leavingAt = (deletionTimestamp: string): Pods => ({ 3: { metadata: { deletionTimestamp } } })

describe('an owner without a record, by opt-in', () => {
  it.each([
    ['CloneSet', 'apps.kruise.io/v1alpha1', 'CloneSet'],
    ['CloneSet.apps.kruise.io', 'apps.kruise.io/v1alpha1', 'CloneSet'],
    ['StatefulSet.apps.kruise.io', 'apps.kruise.io/v1beta1', 'StatefulSet'],
    ['Job.batch.volcano.sh', 'batch.volcano.sh/v1alpha1', 'Job'],
    ['Job', 'batch/v1', 'Job'],
  ])('%s: what is skewed is planned back', (ownerKind, apiVersion, kind) => {
    const { groups, evictions } = planFor(skewed(ownedBy(apiVersion, kind)), { ownerKinds: [ownerKind] })
    expect(evictions).toHaveLength(4)
    expect(groups[0]).toMatchObject({ workload: { kind, name: 'web' }, reason: 'MovesPlanned', excessAfter: 0 })
    expect(groups[0] && countsAfter(groups[0])).toEqual([4, 4, 4])
  })

  it('is planned for with landings that are likely at best, for its replacements are assumed', () => {
    const certainties = ({ evictions }: Plan): readonly string[] => evictions.map(({ certainty }) => certainty)
    expect(certainties(planned())).toEqual(['likely', 'likely', 'likely', 'likely'])
    expect(certainties(planFor(skewed()))).toEqual(['certain', 'certain', 'certain', 'certain'])
  })

  it('may name each pod by a label', () => {
    expect(planned(eachLabelled(index => ({ 'apps.kruise.io/cloneset-instance-id': `id${index}` }))).evictions).toHaveLength(4)
  })

  it.each<{ case: string; otherwise: Pods; policy?: Partial<Policy>; reason: string; message: string }>([
    {
      case: 'fewer pods that serve than the minimum, where nobody says how many it wants',
      otherwise: { 3: { ready: false } },
      policy: { minimumReplicas: 12 },
      reason: 'SingleReplica',
      message: 'CloneSet web has 11 Ready pods (how many it wants is not in the data), the minimum is 12',
    },
    {
      case: 'pods of several revisions',
      otherwise: eachLabelled(index => ({ 'controller-revision-hash': index < 5 ? 'web-old' : 'web-new' })),
      reason: 'RollingOut',
      message:
        'pods of CloneSet web are of the revisions web-new and web-old (controller-revision-hash), and which comes next is not in the data',
    },
    {
      case: 'a pod that goes without our doing',
      otherwise: leavingAt('2026-01-01T12:00:20Z'),
      reason: 'ScaledRecently',
      message: 'its sibling web-3 is being deleted, and whether CloneSet web is scaling in is not in the data',
    },
  ])('is left alone for $case', ({ otherwise, policy, reason, message }) => {
    const { evictions, groups } = planned(otherwise, policy)
    expect(evictions).toEqual([])
    expect(groups[0]).toMatchObject({ reason, message })
  })

  it.each<[string, Pods, Partial<Situation>]>([
    ['pods of one revision', eachLabelled(() => ({ 'controller-revision-hash': 'web-1' })), {}],
    ['a pod that is stuck on a dead node', leavingAt('2026-01-01T11:59:00Z'), {}],
    [
      'a pod that goes because we evicted it',
      leavingAt('2026-01-01T12:00:20Z'),
      {
        inFlight: [
          {
            namespace: 'shop',
            pod: 'web-3',
            uid: 'pod-shop-web-3',
            node: 'a0',
            controllerUid: 'CloneSet-web',
            workload: { kind: 'CloneSet', name: 'web' },
            evictedAt: AT_REST.now,
            budgets: [],
            budgetShows: false,
            replacementUid: undefined,
          },
        ],
      },
    ],
  ])('is not left alone for %s', (_case, otherwise, situation) => {
    expect(planned(otherwise, {}, situation).groups[0]).toMatchObject({ reason: 'MovesPlanned' })
  })

  it.each([
    ['a volume of its own in its zone, which it may or may not have again', 'a', 'CannotPredict'],
    ['a volume of its own that is everywhere', undefined, 'MovesPlanned'],
  ])('with %s', (_case, zone, reason) => {
    const mounting = (claimName: string): Pods[number] => ({ spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] } })
    const otherwise = Object.fromEntries(TWELVE.map(index => [index, mounting(`data-${index}`)]))
    const claims = TWELVE.flatMap(index => boundClaim(`data-${index}`, 'standard', zone))
    expect(planned(otherwise, {}, {}, claims).groups[0]).toMatchObject({ reason })
  })
})
