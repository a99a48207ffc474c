import { describe, expect, it } from 'vitest'
import { openShop } from '../../../test/support/shop.ts'
import { deploymentManifest } from '../manifests.ts'
import { createStoreMirror } from '../store-mirror.ts'
import { createInProcessView } from './in-process-view.ts'

describe('the view in process', () => {
  it('is fresh while events come, and ages while they do not', () => {
    const shop = openShop([])
    const mirror = createStoreMirror(shop.store, { clock: shop.clock })
    const view = createInProcessView(mirror, shop.clock)
    const ages = (): ReadonlySet<number> => new Set(view.freshness().map(({ ageMs }) => ageMs))
    expect(ages()).toEqual(new Set([0]))

    mirror.stall()
    shop.clock.advance(90_000)
    expect(ages()).toEqual(new Set([90_000]))
    mirror.resume()
    expect(ages()).toEqual(new Set([0]))
  })

  it('tells the changes of its state as they come', () => {
    const shop = openShop([])
    const mirror = createStoreMirror(shop.store, { clock: shop.clock })
    const view = createInProcessView(mirror, shop.clock)
    const kinds: string[] = []
    view.subscribe(({ kind }) => kinds.push(kind))

    shop.apply(deploymentManifest({ namespace: 'default', name: 'web', replicas: 1 }))

    expect(kinds).toEqual(['Deployment'])
    expect(view.state.get('Deployment', 'default/web')?.replicas).toBe(1)
  })
})
