import { describe, expect, it } from 'vitest'
import { openShop, type Shop } from '../../../test/support/shop.ts'
import type { AnnotationOutcome } from '../../rebalancing/ports.ts'
import { deploymentManifest } from '../manifests.ts'
import type { RawObject } from '../object-store.ts'
import { createRandom } from '../random.ts'
import { createInProcessAnnotator } from './in-process-annotator.ts'

const COST = 'controller.kubernetes.io/pod-deletion-cost'
const SET = 'respread.io/deletion-cost-set'

const web = deploymentManifest({ namespace: 'default', name: 'web', replicas: 4, annotations: { note: 'kept' } })

const first = (shop: Shop): RawObject['metadata'] => shop.podsOf('web')[0]?.metadata ?? { name: '' }

async function set(shop: Shop, cost: number | undefined, given: { uid?: string; lostAnswers?: number } = {}): Promise<AnnotationOutcome> {
  const { name, uid = '' } = first(shop)
  const conditions = { delay: { min: 50, max: 50 }, lostAnswers: given.lostAnswers ?? 0 }
  const annotator = createInProcessAnnotator(shop.store, shop.clock, createRandom(1), conditions)
  const outcome = annotator.setDeletionCost({ namespace: 'default', pod: name, uid: given.uid ?? uid, cost }, new AbortController().signal)
  await shop.clock.advanceAsync(200)
  return outcome
}

describe('a deletion cost in process', () => {
  it('is set, left as it is, and taken back', async () => {
    const shop = openShop([web])

    expect(await set(shop, -4)).toEqual({ kind: 'Written' })
    expect(first(shop).annotations).toEqual({ note: 'kept', [COST]: '-4', [SET]: '-4' })
    expect(await set(shop, -4)).toEqual({ kind: 'Unchanged' })
    expect(await set(shop, undefined)).toEqual({ kind: 'Written' })
    expect(first(shop).annotations).toEqual({ note: 'kept' })
  })

  it("is not set over somebody else's", async () => {
    const theirs = deploymentManifest({ namespace: 'default', name: 'web', replicas: 4, annotations: { [COST]: '100' } })
    const shop = openShop([theirs])

    expect(await set(shop, -4)).toEqual({ kind: 'Foreign' })
    expect(first(shop).annotations).toEqual({ [COST]: '100' })
  })

  it('does not reach another pod of the name', async () => {
    expect(await set(openShop([web]), -4, { uid: 'of-its-predecessor' })).toEqual({ kind: 'Gone' })
  })

  it('may be written although the answer is lost', async () => {
    const shop = openShop([web])

    expect(await set(shop, -4, { lostAnswers: 1 })).toMatchObject({ kind: 'Lost' })
    expect(first(shop).annotations).toMatchObject({ [COST]: '-4' })
  })
})
