import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { DEFAULT_CONFIGURATION, parseConfiguration } from '../configuration/parse-configuration.ts'
import { LOG_LEVELS, createLog } from './log.ts'
import type { Log, LogLevel } from './log.ts'

function logging(level: LogLevel, write: (log: Log) => void): readonly unknown[] {
  const lines: string[] = []
  write(createLog(level, { write: line => void lines.push(line) }))
  return lines.map(line => {
    expect(line).toMatch(/^[^\n]+\n$/)
    return JSON.parse(line)
  })
}

const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

describe('the log', () => {
  it('writes one JSON object a line, with the name of the level', () => {
    expect(logging('info', log => log.warn('two\nlines', { file: 'a.yaml' }))).toEqual([
      { level: 'warn', time: isoTime, file: 'a.yaml', message: 'two\nlines' },
    ])
  })

  it('tells an occurrence with everything known about it', () => {
    const about = { kind: 'Pod', namespace: 'shop', name: 'web-1', uid: 'u-1' }
    const lines = logging('info', ({ recorder }) => {
      recorder.record({ reason: 'Evicted', level: 'info', message: 'evicted', about, fields: { topologyKey: 'zone', domains: ['a'] } })
      recorder.record({ reason: 'DomainOutage', level: 'warning', message: 'zone c is out' })
    })
    expect(lines).toEqual([
      { level: 'info', time: isoTime, reason: 'Evicted', about, topologyKey: 'zone', domains: ['a'], message: 'evicted' },
      { level: 'warn', time: isoTime, reason: 'DomainOutage', message: 'zone c is out' },
    ])
  })

  it.each(LOG_LEVELS)('at level %s drops what is below', level => {
    const lines = logging(level, log => {
      for (const each of LOG_LEVELS) log[each](each)
    })
    expect(lines).toEqual(LOG_LEVELS.slice(LOG_LEVELS.indexOf(level)).map(each => ({ level: each, time: isoTime, message: each })))
  })

  it('has the levels that the configuration knows', () => {
    const levels: readonly string[] = LOG_LEVELS
    expect(levels).toContain(DEFAULT_CONFIGURATION.logLevel)
    const parsed = parseConfiguration('apiVersion: respread.io/v1alpha1\nkind: RespreadConfiguration\nlogLevel: none', 'file')
    expect(parsed).toEqual({ ok: false, problems: [expect.stringContaining(`expected one of ${LOG_LEVELS.join(', ')}`)] })
  })
})

it.each(['itself', 'mistake'])(
  'a log that nobody reads for a while holds nothing up, and is complete when the process ends by %s',
  async how => {
    const script = join(import.meta.dirname, '../../test/support/log-process.ts')
    const lines = 5_000
    const child = spawn(process.execPath, [script, String(lines), how], { stdio: ['ignore', 'pipe', 'pipe'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    // Nothing is read of stderr before it has gone on.
    await once(child.stdout, 'data')

    const numbers: number[] = []
    for await (const line of createInterface(child.stderr)) {
      if (line.startsWith('{')) numbers.push((JSON.parse(line) as { readonly n: number }).n)
    }

    expect(numbers).toEqual(Array.from({ length: lines }, (_, n) => n))
  },
  60_000,
)

it('a reader that has gone is no reason to end', async () => {
  const script = join(import.meta.dirname, '../../test/support/log-process.ts')
  const child = spawn(process.execPath, [script, '5000', 'itself'], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  child.stderr.destroy()
  const [said] = await once(child.stdout, 'data')
  expect(String(said)).toBe('went on\n')
  expect(await once(child, 'close')).toEqual([0, null])
}, 60_000)
