import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPartitions, partitionOf } from './node-partition.ts'

const SLOTS = 12
const mark = fc.array(fc.integer({ min: -1, max: 3 }), { minLength: SLOTS, maxLength: SLOTS }).map(numbers => Int32Array.from(numbers))

describe('a partition', () => {
  it('puts two nodes in one class exactly where every mark says the same of them', () => {
    fc.assert(
      fc.property(fc.array(mark, { maxLength: 3 }), fc.shuffledSubarray([...Array(SLOTS).keys()]), (marks, slots) => {
        const { classOf, classes } = partitionOf(SLOTS, Int32Array.from(slots), marks)
        for (const one of slots) {
          for (const other of slots) {
            expect(classOf[one] === classOf[other]).toBe(marks.every(numbers => numbers[one] === numbers[other]))
          }
        }
        expect(classes.flatMap(members => [...members]).toSorted((a, b) => a - b)).toEqual(slots.toSorted((a, b) => a - b))
        for (const [number, members] of classes.entries()) expect(members.every(slot => classOf[slot] === number)).toBe(true)
      }),
    )
  })

  it('is made once for the same marks', () => {
    const [one, other] = [Int32Array.of(0, 1), Int32Array.of(1, 1)]
    const partitions = createPartitions(2, Int32Array.of(0, 1))
    expect(partitions.of([one, other])).toBe(partitions.of([one, other]))
    expect(partitions.of([one])).not.toBe(partitions.of([other]))
  })

  it('is the same for other marks that split the nodes alike', () => {
    const partitions = createPartitions(3, Int32Array.of(0, 1, 2))
    const [zone, numberedOtherwise, all] = [Int32Array.of(0, 1, 0), Int32Array.of(7, 3, 7), Int32Array.of(1, 1, 1)]
    expect(partitions.of([zone, all])).toBe(partitions.of([numberedOtherwise]))
    expect(partitions.of([all])).not.toBe(partitions.of([zone]))
  })
})
