import { describe, expect, it } from 'vitest'
import { createCache, createInterner } from './interner.ts'

describe('createInterner', () => {
  it('gives equal keys one object, made once', () => {
    let made = 0
    const intern = createInterner<{ readonly number: number }>()
    const make = (): { readonly number: number } => {
      made += 1
      return { number: made }
    }
    const first = intern('a', make)

    expect(intern('a', make)).toBe(first)
    expect(intern('b', make)).not.toBe(first)
    expect(made).toBe(2)
  })
})

describe('createCache', () => {
  it('remembers answers, undefined among them, until it is full', () => {
    const asked: string[] = []
    const cache = createCache<string | undefined>(2)
    const ask = (key: string): void => {
      cache(key, () => {
        asked.push(key)
        return undefined
      })
    }
    for (const key of ['a', 'a', 'b', 'b', 'c', 'c', 'a']) ask(key)

    expect(asked).toEqual(['a', 'b', 'c', 'a'])
  })
})
