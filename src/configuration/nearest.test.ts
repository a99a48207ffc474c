import { describe, expect, it } from 'vitest'
import { nearest } from './nearest.ts'

describe('the nearest known word', () => {
  const known = ['tick', 'debounce', 'holdDown', 'coolDown', 'freshness', 'replacementDeadline']

  it.each([
    ['tcik', 'tick'],
    ['debouce', 'debounce'],
    ['holddown', 'holdDown'],
    ['cooldwon', 'coolDown'],
    ['replacmentDeadlin', 'replacementDeadline'],
    ['tick', 'tick'],
  ])('%s: %s', (word, expected) => {
    expect(nearest(word, known)).toBe(expected)
  })

  it.each(['', 'x', 'unrelatedWord', 'colour'])('%j: none is close', word => {
    expect(nearest(word, known)).toBeUndefined()
  })
})
