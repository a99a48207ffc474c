import { describe, expect, it } from 'vitest'
import { openShop, type Shop } from '../../../test/support/shop.ts'
import type { EvictionOutcome, EvictionRequest, Evictor } from '../../rebalancing/ports.ts'
import { budgetManifest, deploymentManifest } from '../manifests.ts'
import { createRandom } from '../random.ts'
import { createInProcessEvictor } from './in-process-evictor.ts'
import type { WayConditions } from './way.ts'

const web = deploymentManifest({ namespace: 'default', name: 'web', replicas: 4 })

function evictorOf(shop: Shop, conditions: Partial<WayConditions> = {}): Evictor {
  return createInProcessEvictor(shop.store, shop.clock, createRandom(1), { delay: { min: 50, max: 50 }, lostAnswers: 0, ...conditions })
}

function requestFor(shop: Shop, index = 0): EvictionRequest {
  const pod = shop.podsOf('web')[index]
  return { namespace: 'default', pod: pod?.metadata.name ?? '', uid: pod?.metadata.uid ?? '', priority: 0 }
}

async function evict(shop: Shop, request: EvictionRequest, conditions?: Partial<WayConditions>): Promise<EvictionOutcome> {
  const outcome = evictorOf(shop, conditions).evict(request, new AbortController().signal)
  await shop.clock.advanceAsync(200)
  return outcome
}

describe('evicting in process', () => {
  it('is accepted, and the pod is terminating', async () => {
    const shop = openShop([web])
    const request = requestFor(shop)

    expect(await evict(shop, request)).toEqual({ kind: 'Accepted' })
    expect(shop.objects.get('pods', 'default', request.pod)?.metadata.deletionTimestamp).toBeDefined()
  })

  it('spends the budget: the next one finds it exhausted', async () => {
    const shop = openShop([web, budgetManifest('default', 'web', { maxUnavailable: 1 })])
    const second = requestFor(shop, 1)

    expect(await evict(shop, requestFor(shop))).toEqual({ kind: 'Accepted' })
    expect(await evict(shop, second)).toEqual({ kind: 'BudgetExhausted', message: 'budget web allows no disruption' })
  })

  it('finds a budget lagging that its controller has not seen yet', async () => {
    const shop = openShop([web, budgetManifest('default', 'web', { maxUnavailable: 1 })], {
      timings: { budget: { min: 10_000, max: 10_000 } },
    })
    shop.apply(budgetManifest('default', 'web', { maxUnavailable: 2 }))

    expect(await evict(shop, requestFor(shop))).toMatchObject({ kind: 'BudgetLagging', retryAfterMs: 10_000 })
  })

  it('is refused for good where two budgets cover the pod', async () => {
    const both = budgetManifest('default', 'web', { maxUnavailable: 1 })
    const shop = openShop([web, both, { ...both, metadata: { ...both.metadata, name: 'web-too' } }])

    expect(await evict(shop, requestFor(shop))).toMatchObject({ kind: 'SeveralBudgets' })
  })

  it('tells a pod that is gone from one whose name has been taken', async () => {
    const shop = openShop([web])

    expect(await evict(shop, { ...requestFor(shop), pod: 'nobody' })).toEqual({ kind: 'Gone' })
    expect(await evict(shop, { ...requestFor(shop), uid: 'of-its-predecessor' })).toMatchObject({ kind: 'Replaced' })
  })

  it('may happen although its answer is lost', async () => {
    const shop = openShop([web])
    const request = requestFor(shop)

    expect(await evict(shop, request, { lostAnswers: 1 })).toMatchObject({ kind: 'Lost' })
    expect(shop.objects.get('pods', 'default', request.pod)?.metadata.deletionTimestamp).toBeDefined()
  })

  it('that is given up before it was sent never happens', async () => {
    const shop = openShop([web])
    const request = requestFor(shop)

    expect(await evictorOf(shop).evict(request, AbortSignal.abort())).toMatchObject({ kind: 'Throttled' })
    await shop.clock.advanceAsync(200)
    expect(shop.objects.get('pods', 'default', request.pod)?.metadata.deletionTimestamp).toBeUndefined()
  })

  it('that is given up on the way still arrives', async () => {
    const shop = openShop([web])
    const request = requestFor(shop)
    const abort = new AbortController()
    const outcome = evictorOf(shop).evict(request, abort.signal)
    abort.abort()

    expect(await outcome).toMatchObject({ kind: 'Lost' })
    await shop.clock.advanceAsync(200)
    expect(shop.objects.get('pods', 'default', request.pod)?.metadata.deletionTimestamp).toBeDefined()
  })
})
