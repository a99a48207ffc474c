// Writes the table of all reasons into README.md, between its markers, from the registries in the code; with --check it only compares.
import { readFileSync, writeFileSync } from 'node:fs'
import { REASONS } from '../src/planning/reasons.ts'
import { LOOP_REASONS } from '../src/rebalancing/reasons.ts'

const README = new URL('../README.md', import.meta.url)
const BETWEEN_MARKERS = /(<!-- reasons -->\n).*?(<!-- \/reasons -->)/s

/** The README with the table as the code has it. */
export function withReasons(readme: string): string {
  if (!BETWEEN_MARKERS.test(readme)) throw new Error('README.md has no <!-- reasons --> ... <!-- /reasons -->')
  return readme.replace(BETWEEN_MARKERS, (_, start: string, end: string) => `${start}\n${table()}\n${end}`)
}

function table(): string {
  const rows = Object.entries({ ...REASONS, ...LOOP_REASONS })
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([reason, { kind, meaning }]) => [`\`${reason}\``, kind, meaning])
  const [first, second, third] = [0, 1, 2].map(column =>
    Math.max(...rows.map(row => row[column]?.length ?? 0), HEADINGS[column]?.length ?? 0),
  )
  const line = ([reason = '', kind = '', meaning = '']: readonly string[]): string =>
    `| ${reason.padEnd(first ?? 0)} | ${kind.padEnd(second ?? 0)} | ${meaning.padEnd(third ?? 0)} |`
  const rule = `| ${[first, second, third].map(width => '-'.repeat(width ?? 0)).join(' | ')} |`
  return `${[line(HEADINGS), rule, ...rows.map(line)].join('\n')}\n`
}

const HEADINGS = ['Reason', 'Kind', 'Meaning']

if (import.meta.main) {
  const before = readFileSync(README, 'utf8')
  const after = withReasons(before)
  const isCurrent = before === after
  if (!process.argv.includes('--check')) writeFileSync(README, after)
  else if (!isCurrent) console.error('README.md: the table of reasons is out of date; run node .ci/reasons-table.ts')
  console.log(`reasons: ${isCurrent ? 'the table is current' : 'the table was out of date'}`)
  process.exitCode = isCurrent || !process.argv.includes('--check') ? 0 : 1
}
