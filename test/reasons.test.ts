import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { withReasons } from '../.ci/reasons-table.ts'
import { REASONS } from '../src/planning/reasons.ts'
import { LOOP_REASONS } from '../src/rebalancing/reasons.ts'

const REGISTRIES = ['src/planning/reasons.ts', 'src/rebalancing/reasons.ts']
const sources = globSync('src/{planning,rebalancing,kubernetes}/*.ts')
  .filter(file => !file.endsWith('.test.ts') && !REGISTRIES.includes(file))
  .map(file => readFileSync(file, 'utf8'))
  .join('\n')

const registered = new Set([...Object.keys(REASONS), ...Object.keys(LOOP_REASONS)])

describe('the registries of reasons', () => {
  it('name no reason that nobody gives', () => {
    expect([...registered].filter(reason => !sources.includes(`'${reason}'`))).toEqual([])
  })

  it('say of each reason once what it means', () => {
    expect(Object.keys(REASONS).filter(reason => Object.hasOwn(LOOP_REASONS, reason))).toEqual([])
    const meanings = [...Object.values(REASONS), ...Object.values(LOOP_REASONS)].map(({ meaning }) => meaning)
    expect(new Set(meanings).size).toBe(meanings.length)
    expect(meanings.filter(meaning => !/^[^|\n]+\.$/.test(meaning))).toEqual([])
  })
})

describe('the README', () => {
  it('has the table of reasons as the code has it', () => {
    const readme = readFileSync('README.md', 'utf8')
    expect(readme).toBe(withReasons(readme))
  })
})
