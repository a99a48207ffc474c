import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const MAIN = join(import.meta.dirname, '../bench/main.ts')

it.each([
  ['scheduling', ['--nodes', '30', '--pods', '600'], /hard zone/],
  ['planning', ['--nodes', '30', '--shapes', 'plain,requests,apart,large'], /^ *30 +800 +2 +large /m],
  ['loop', ['--scenarios', 'zone-outage'], /^zone-outage +respread +8\/8 +0 /m],
  ['decoding', ['--pods', '60'], /protobuf and projection/],
  ['scale', ['--nodes', '30', '--pods', '600', '--events', '20', '--rest', '0'], /event to views advanced: median \d/],
  ['scale', ['--nodes', '30', '--pods', '600', '--events', '20', '--rest', '0', '--paged'], /event to views advanced: median \d/],
  ['self-check', ['--nodes', '30'], /^ *30 +600 .* 0$/m],
  ['soak', ['--minutes', '0.01'], /^ *1 +reset /m],
])(
  'bench %s %j prints its table',
  async (name, args, row) => {
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, name, ...args])
    expect(stdout).toMatch(row)
  },
  60_000,
)
