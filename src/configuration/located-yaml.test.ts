import { describe, expect, it } from 'vitest'
import { readYaml } from './located-yaml.ts'
import type { LocatedYaml } from './located-yaml.ts'

function read(text: string): LocatedYaml {
  const reading = readYaml(text, 'file.yaml')
  if (!reading.ok) throw new Error(reading.problems.join('\n'))
  return reading.yaml
}

function problems(text: string): readonly string[] {
  const reading = readYaml(text, 'file.yaml')
  return reading.ok ? [] : reading.problems
}

const TEXT = `# a comment
limits:
  node: 2
  names: [a, bb, ccc]
8080:
  deep: { er: x }
empty:
shared: &shared
  inner: 1
again: *shared
`

describe('where a value stands', () => {
  it.each([
    { path: ['limits'], part: 'value', at: '3:3' },
    { path: ['limits'], part: 'key', at: '2:1' },
    { path: ['limits', 'node'], part: 'value', at: '3:9' },
    { path: ['limits', 'node'], part: 'key', at: '3:3' },
    { path: ['limits', 'names', 2], part: 'value', at: '4:18' },
    { path: ['8080', 'deep', 'er'], part: 'value', at: '6:15' },
    { path: ['again', 'inner'], part: 'value', at: '9:10' },
  ] as const)('$path ($part) is at $at', ({ path, part, at }) => {
    expect(read(TEXT).locate(path, part)).toBe(`file.yaml:${at}`)
  })

  it('is that of the nearest parent where a key is missing', () => {
    expect(read(TEXT).locate(['limits', 'cluster'])).toBe('file.yaml:3:3')
    expect(read(TEXT).locate(['missing', 'too'])).toBe('file.yaml:2:1')
  })

  it('is the first line of an empty file', () => {
    expect(read('').locate(['anything'])).toBe('file.yaml:1:1')
  })
})

describe('the value', () => {
  it('is plain data, with numbers, lists and text keys', () => {
    expect(read(TEXT).value).toEqual({
      limits: { node: 2, names: ['a', 'bb', 'ccc'] },
      8080: { deep: { er: 'x' } },
      empty: null,
      shared: { inner: 1 },
      again: { inner: 1 },
    })
  })
})

describe('a text that is no YAML', () => {
  it('tells every problem with its place', () => {
    const found = problems('a: 1\na: 2\nb: [1, 2\nc: "x\n')
    expect(found.length).toBeGreaterThan(1)
    for (const problem of found) expect(problem).toMatch(/^file\.yaml:\d+:\d+: \S/)
  })

  it.each([
    { text: 'a: 1\na: 2\n', says: 'file.yaml:2:1: Map keys must be unique' },
    { text: 'a: 1\n---\nb: 2\n', says: 'file.yaml:2:1: A second document begins here; the file may hold one only' },
    { text: 'a: !secret x\n', says: 'file.yaml:1:4: Unresolved tag: !secret' },
    { text: 'a: *nobody\n', says: 'file.yaml:1:1: Unresolved alias (the anchor must be set before the alias): nobody' },
  ])('$says', ({ text, says }) => {
    expect(problems(text)).toEqual([says])
  })

  it('is what multiplies without end', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
    for (const [above, below] of ['ab', 'bc', 'cd', 'de', 'ef'].map(pair => pair.split(''))) {
      bomb.push(`${below}: &${below} [${Array.from({ length: 9 }, () => `*${above}`).join(', ')}]`)
    }
    expect(problems(bomb.join('\n'))).toEqual([expect.stringMatching(/alias/i)])
  })
})
