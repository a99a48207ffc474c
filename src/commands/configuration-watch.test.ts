import { describe, expect, it } from 'vitest'
import { DEFAULT_CONFIGURATION, parseConfiguration, type Configuration } from '../configuration/parse-configuration.ts'
import { DEFAULT_PROFILE, DEFAULT_PROFILES } from '../scheduling/profile.ts'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import { reloaded, watchConfiguration } from './configuration-watch.ts'
import type { Settings } from './settings-files.ts'

const HEADER = 'apiVersion: respread.io/v1alpha1\nkind: RespreadConfiguration\n'

/** @throws Error with the problems of the text */
function read(text: string): Configuration {
  const result = parseConfiguration(`${HEADER}${text}`, 'respread.yaml')
  if (!result.ok) throw new Error(result.problems.join('\n'))
  return result.configuration
}

const DEFAULTS: Settings = { configuration: DEFAULT_CONFIGURATION, profiles: DEFAULT_PROFILES }

/** A tick that cannot be used, whatever the file is like. */
const FORBIDDEN = 99_000

/** What a watch says when the file has these texts one after the other, for a minute each. */
async function told(...texts: readonly string[]): Promise<readonly string[]> {
  const clock = createVirtualClock(0)
  const said: string[] = []
  let file = ''
  const stop = watchConfiguration(clock, async () => ({ ...DEFAULTS, configuration: read(file) }), DEFAULTS, {
    changed: async ({
      configuration: {
        loop: { paused, tick },
      },
    }) => {
      if (tick === FORBIDDEN) return 'not allowed'
      said.push(`paused ${paused}, tick ${tick / 1000} s`)
      return undefined
    },
    refused: problem => void said.push(problem),
  })
  for (const text of texts) {
    file = text
    await clock.advanceAsync(60_000)
  }
  stop()
  file = 'timing: { tick: 7s }'
  await clock.advanceAsync(60_000)
  return said
}

describe('a configuration file under a running process', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['is not touched', [''], []],
    ['gets a comment', ['# soon'], []],
    ['pauses it and takes that back', ['paused: true', ''], ['paused true, tick 30 s', 'paused false, tick 30 s']],
    [
      'is no good, is said once, and what was read before stays',
      ['paused: 1', 'paused: 1', ''],
      ['respread.yaml:3:9: paused: found 1, expected true or false'],
    ],
    [
      'is no good and then is',
      ['paused: 1', 'timing: { tick: 40s }'],
      [expect.stringContaining('paused: found 1'), 'paused false, tick 40 s'],
    ],
    ['cannot be used, is said once, and what was in use before stays', ['timing: { tick: 99s }', '# never mind'], ['not allowed']],
  ])('%s', async (_, texts, said) => {
    expect(await told(...texts)).toEqual(said)
  })
})

it('what could not be used is used once it can', async () => {
  const clock = createVirtualClock(0)
  const said: string[] = []
  const answers = ['not allowed', 'not allowed', undefined]
  const stop = watchConfiguration(clock, async () => ({ ...DEFAULTS, configuration: read('timing: { tick: 40s }') }), DEFAULTS, {
    changed: async () => {
      said.push('asked')
      return answers.shift()
    },
    refused: problem => void said.push(problem),
  })
  await clock.advanceAsync(60_000)
  stop()

  expect(said).toEqual(['asked', 'not allowed', 'asked', 'asked'])
})

it('a pause takes hold whatever else cannot be used, which is told anew whenever it is something else', async () => {
  const clock = createVirtualClock(0)
  const said: string[] = []
  let file = 'timing: { tick: 99s }'
  const stop = watchConfiguration(clock, async () => ({ ...DEFAULTS, configuration: read(file) }), DEFAULTS, {
    changed: async ({ configuration: { loop } }) => {
      if (loop.tick === FORBIDDEN) return 'not allowed'
      said.push(`paused ${loop.paused}, tick ${loop.tick / 1000} s`)
      return undefined
    },
    refused: problem => void said.push(problem),
  })
  for (const text of ['timing: { tick: 99s }', 'timing: { tick: 99s }\npaused: true', 'timing: { tick: 99s }', 'paused: false']) {
    file = text
    await clock.advanceAsync(60_000)
  }
  stop()

  expect(said).toEqual([
    'not allowed',
    'paused true, tick 30 s',
    'not allowed; it is paused',
    'not allowed; it is paused',
    'paused false, tick 30 s',
  ])
})

it('profiles of kube-scheduler count as well, however often they are read anew', async () => {
  const clock = createVirtualClock(0)
  const files: readonly Settings[] = [
    { ...DEFAULTS, profiles: new Map(DEFAULT_PROFILES) },
    { ...DEFAULTS, profiles: new Map([['default-scheduler', { ...DEFAULT_PROFILE, disabledFilters: new Set(['NodePorts'] as const) }]]) },
    { ...DEFAULTS, profiles: new Map([['default-scheduler', { ...DEFAULT_PROFILE, disabledFilters: new Set(['NodePorts'] as const) }]]) },
  ]
  const taken: Settings[] = []
  let at = 0
  const stop = watchConfiguration(clock, async () => files[Math.min(at++, 2)] ?? DEFAULTS, DEFAULTS, {
    changed: async next => {
      taken.push(next)
      return undefined
    },
    refused: problem => {
      throw new Error(problem)
    },
  })
  await clock.advanceAsync(60_000)
  stop()

  expect(taken).toEqual([files[1]])
})

describe('what a process was started with', () => {
  it('gives way to most of what is new', () => {
    const next = read('paused: true\nlimits: { inFlight: { perNode: 1 } }\nact: { namespaces: { include: [shop] } }')

    expect(reloaded(DEFAULT_CONFIGURATION, next)).toEqual({ configuration: next, needsRestart: [] })
  })

  it('stays where only a restart can change it, and that is named', () => {
    const next = read('dryRun: true\npaused: true\nmetrics: { port: 9090 }\nleaderElection: { leaseName: other }\nlogLevel: debug')
    const { configuration, needsRestart } = reloaded(DEFAULT_CONFIGURATION, next)

    expect(needsRestart).toEqual(['leaderElection', 'metrics', 'logLevel', 'dryRun'])
    expect(configuration).toEqual({ ...DEFAULT_CONFIGURATION, loop: { ...DEFAULT_CONFIGURATION.loop, paused: true } })
  })
})
