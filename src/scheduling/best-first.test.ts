import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { createBestFirst } from './best-first.ts'

it('knows the first of the best places after every change', () => {
  const change = fc.tuple(fc.nat({ max: 19 }), fc.integer({ min: -1, max: 5 }))
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.array(change, { maxLength: 60 }), (places, changes) => {
      const scores = Array.from({ length: places }, (_, place) => (place % 3) - 1)
      const best = createBestFirst(Int32Array.from(scores.keys()), Int32Array.from(scores))
      for (const [any, score] of changes) {
        best.set(any % places, score)
        scores[any % places] = score
        const highest = Math.max(...scores)
        expect([best.first(), best.at(0)]).toEqual([highest === -1 ? -1 : scores.indexOf(highest), scores[0]])
      }
    }),
  )
})
