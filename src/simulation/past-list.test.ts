import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RawObject } from './object-store.ts'
import { createRandom } from './random.ts'
import { createObjectStore } from './store.ts'

describe('a past list', () => {
  it('is the list as it was, whatever has been written since and however many others are asked for', () => {
    const step = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), kind: fc.constantFrom('create', 'update', 'delete') })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), steps => {
        const store = createObjectStore({ now: () => 0, random: createRandom(1) })
        const history = new Map<number, readonly RawObject[]>([[0, []]])
        for (const [at, { name, kind }] of steps.entries()) {
          if (kind === 'create') store.create('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name } })
          if (kind === 'update') store.update('nodes', undefined, name, node => ({ ...node, spec: { at } }))
          if (kind === 'delete') store.delete('nodes', undefined, name)
          history.set(store.resourceVersion, [...store.list('nodes')])
        }
        for (const [version, list] of history) expect(store.listAt('nodes', version)).toEqual(list)
        for (const [version, list] of [...history].reverse()) expect(store.listAt('nodes', version)).toEqual(list)
      }),
    )
  })
})
