import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { createRecency } from './recency.ts'

it('tells the slots that changed after a clock, each once, latest first', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 9 })), fc.nat(), (touched, at) => {
      const recency = createRecency()
      const seenBy = touched.length === 0 ? 0 : at % touched.length
      for (const slot of touched.slice(0, seenBy)) recency.touch(slot)
      const { clock } = recency
      const later = touched.slice(seenBy)
      for (const slot of later) recency.touch(slot)
      const found: number[] = []
      for (let slot = recency.newest(clock); slot !== -1; slot = recency.before(slot, clock)) found.push(slot)
      expect(found).toEqual([...new Set(later.toReversed())])
    }),
  )
})
