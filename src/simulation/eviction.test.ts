import { describe, expect, it } from 'vitest'
import { evictPod, type EvictionCall, type EvictionResult } from './eviction.ts'
import type { ObjectStore, RawObject } from './object-store.ts'
import { createRandom } from './random.ts'
import { createObjectStore } from './store.ts'

const NOW = Date.parse('2026-11-21T10:00:00Z')
const READY = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }
const NOT_READY = { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] }

interface Situation {
  readonly pod?: object
  readonly budgets?: readonly { readonly spec?: object; readonly status?: object }[]
}

function storeWith({ pod = {}, budgets = [] }: Situation): ObjectStore {
  const store = createObjectStore({ now: () => NOW, random: createRandom(1) })
  const metadata = { name: 'web-1', namespace: 'shop', labels: { app: 'web' } }
  store.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName: 'node-1', containers: [] }, status: READY, ...pod })
  for (const [at, { spec, status }] of budgets.entries()) {
    store.create('poddisruptionbudgets', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: `budget-${at}`, namespace: 'shop' },
      spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
      status: { observedGeneration: 1, disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2, expectedPods: 3, ...status },
    })
  }
  return store
}

function evict(store: ObjectStore, call: Partial<EvictionCall> = {}): EvictionResult {
  return evictPod(store, { namespace: 'shop', name: 'web-1', options: {}, dryRun: false, ...call }, NOW)
}

/** What the eviction came to, whether the pod is on its way, and what is left of the first budget. */
function told(store: ObjectStore, result: EvictionResult): string {
  const pod = store.get('pods', 'shop', 'web-1')
  const going = pod === undefined || pod.metadata.deletionTimestamp !== undefined
  const left = (store.get('poddisruptionbudgets', 'shop', 'budget-0')?.['status'] as { disruptionsAllowed?: number } | undefined)
    ?.disruptionsAllowed
  return `${result.kind}, pod ${going ? 'going' : 'stays'}${left === undefined ? '' : `, ${left} left`}`
}

const HEALTHY = {}
const EXHAUSTED = { status: { disruptionsAllowed: 0 } }
const BELOW = { status: { disruptionsAllowed: 0, currentHealthy: 1 } }

describe('an eviction', () => {
  const situations: readonly (readonly [title: string, situation: Situation, expected: string])[] = [
    ['without a budget', {}, 'evicted, pod going'],
    ['under a budget that allows it spends it', { budgets: [HEALTHY] }, 'evicted, pod going, 0 left'],
    ['under an exhausted budget', { budgets: [EXHAUSTED] }, 'exhausted, pod stays, 0 left'],
    ['under a budget whose controller is behind', { budgets: [{ status: { observedGeneration: 0 } }] }, 'lagging, pod stays, 1 left'],
    [
      'under a budget with a status out of its mind',
      { budgets: [{ status: { disruptionsAllowed: -1 } }] },
      'forbidden, pod stays, -1 left',
    ],
    ['under two budgets', { budgets: [HEALTHY, HEALTHY] }, 'severalBudgets, pod stays, 1 left'],
    ['under a budget that selects nothing', { budgets: [{ spec: { selector: null }, ...EXHAUSTED }] }, 'evicted, pod going, 0 left'],
    ['under a budget that selects everything', { budgets: [{ spec: { selector: {} }, ...EXHAUSTED }] }, 'exhausted, pod stays, 0 left'],
    [
      'of a Pending pod looks at no budget',
      { pod: { status: { phase: 'Pending' } }, budgets: [EXHAUSTED, EXHAUSTED] },
      'evicted, pod going, 0 left',
    ],
    ['of a finished pod looks at no budget', { pod: { status: { phase: 'Failed' } }, budgets: [EXHAUSTED] }, 'evicted, pod going, 0 left'],
    ['of an unready pod spares a healthy budget', { pod: { status: NOT_READY }, budgets: [HEALTHY] }, 'evicted, pod going, 1 left'],
    [
      'of an unready pod spares an exhausted budget whose pods are healthy',
      { pod: { status: NOT_READY }, budgets: [EXHAUSTED] },
      'evicted, pod going, 0 left',
    ],
    [
      'of an unready pod is refused where too few are healthy',
      { pod: { status: NOT_READY }, budgets: [BELOW] },
      'exhausted, pod stays, 0 left',
    ],
    [
      'of an unready pod under AlwaysAllow',
      { pod: { status: NOT_READY }, budgets: [{ spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' }, ...BELOW }] },
      'evicted, pod going, 0 left',
    ],
  ]
  it.each(situations)('%s', (_, situation, expected) => {
    const store = storeWith(situation)
    expect(told(store, evict(store))).toBe(expected)
  })

  it('marks the pod as a disruption target before it deletes it, in two writes', () => {
    const store = storeWith({})
    const seen: RawObject[] = []
    store.subscribe(({ object }) => seen.push(object))
    evict(store, { options: { gracePeriodSeconds: 7 } })
    expect(seen.map(({ metadata }) => metadata.deletionTimestamp)).toEqual([undefined, '2026-11-21T10:00:07Z'])
    expect(seen[0]?.['status']).toMatchObject({
      conditions: [{ type: 'Ready' }, { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' }],
    })
  })

  it('notes the pod in the budget that it spends', () => {
    const store = storeWith({
      budgets: [{ status: { conditions: [{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' }] } }],
    })
    evict(store)
    expect(store.get('poddisruptionbudgets', 'shop', 'budget-0')?.['status']).toMatchObject({
      disruptedPods: { 'web-1': '2026-11-21T10:00:00Z' },
      conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods' }],
    })
  })

  it('meant for another pod of that name has spent the budget all the same', () => {
    const store = storeWith({ budgets: [HEALTHY] })
    const result = evict(store, { options: { preconditions: { uid: 'of-another' } } })
    expect(told(store, result)).toBe('refused, pod stays, 0 left')
    expect(store.get('poddisruptionbudgets', 'shop', 'budget-0')?.['status']).toMatchObject({
      disruptedPods: { 'web-1': expect.any(String) },
    })
  })

  it('is held to a version of the pod, unless the pod is not Ready', () => {
    const options = { preconditions: { resourceVersion: '999' } }
    const ready = storeWith({})
    expect(told(ready, evict(ready, { options }))).toBe('refused, pod stays')
    const notReady = storeWith({ pod: { status: NOT_READY }, budgets: [HEALTHY] })
    expect(told(notReady, evict(notReady, { options }))).toBe('evicted, pod going, 1 left')
  })

  it('of a terminating pod succeeds and changes nothing', () => {
    const store = storeWith({ budgets: [HEALTHY] })
    evict(store)
    const before = store.resourceVersion
    expect(evict(store).kind).toBe('evicted')
    expect(store.resourceVersion).toBe(before)
  })

  it('that is only tried checks everything and writes nothing', () => {
    const store = storeWith({ budgets: [HEALTHY] })
    const before = store.resourceVersion
    const tried = [{}, {}, { options: { preconditions: { uid: 'of-another' } } }].map(call => evict(store, { ...call, dryRun: true }).kind)
    expect(tried).toEqual(['evicted', 'evicted', 'refused'])
    expect(store.resourceVersion).toBe(before)
  })
})
