import { expect, it } from 'vitest'
import { createRotation, take } from './rotation.ts'

it('goes through everything bit by bit, and begins anew with what there is then', () => {
  let things = ['a', 'b', 'c']
  const rotation = createRotation(() => [...things])
  expect(take(rotation, 2)).toEqual(['a', 'b'])
  things = ['d', 'b']
  expect(take(rotation, 2)).toEqual(['c'])
  expect(take(rotation, 2)).toEqual(['d', 'b'])
})

it('of less than is asked for, each comes once', () => {
  const rotation = createRotation(() => ['a', 'b'])
  expect(take(rotation, 10)).toEqual(['a', 'b'])
  expect(take(rotation, 10)).toEqual(['a', 'b'])
})

it('of nothing, nothing comes', () => {
  expect(
    take(
      createRotation(() => []),
      10,
    ),
  ).toEqual([])
})
