import { styleText } from 'node:util'
import { domainText } from '../planning/domain-text.ts'
import type { GroupStatus } from '../planning/plan-types.ts'
import { nameOf, NO_DOMAIN } from './live-view.ts'
import type { LiveDomain, LiveEviction, LiveHold, LiveView, LiveWorkload, StoryLine } from './live-view.ts'
import { printable } from './printable.ts'
import { wrap } from './wrap.ts'

export interface FrameOptions {
  readonly width: number
  readonly height: number
  readonly colour: boolean
}

type Colour = 'red' | 'yellow' | 'green' | 'magenta' | 'dim' | 'bold'

/** Evictions and holds beyond so many are only counted. */
const MOST_LISTED = 4

/** One frame of at most `height` lines; it moves no cursor and clears nothing. What does not fit is counted; the story takes what is left. */
export function liveFrame(view: LiveView, options: FrameOptions): string {
  const paint = (colour: Colour, text: string): string => (options.colour ? styleText(colour, text, { validateStream: false }) : text)
  const head = [
    paint('bold', `${view.title}  ${view.time}`),
    ...wrap(view.settings.join(' '), options.width).map(line => paint('dim', line)),
    '',
  ]
  const domains = domainLines(view, options.width, paint)
  const inFlight = capped(view.inFlight.map(evictionLine), MOST_LISTED)
  const held = capped(holdLines(view.held), MOST_LISTED)
  const lists = [...listed('IN FLIGHT', inFlight, options.width), ...listed('HELD', held, options.width)]
  const leastStory = Math.min(4, view.story.length + 1)
  const forWorkloads = Math.max(2, options.height - head.length - domains.length - lists.length - leastStory - 1)
  const workloads = fitting(
    view.workloads.map(workload => workloadLines(workload, view.domains.length, options.width, paint)),
    forWorkloads,
  )
  const above = [...head, ...domains, ...workloads, ...lists, '']
  const story = lastThatFit(
    view.story.map(line => storyLines(line, options.width).map(text => (line.level === 'warning' ? paint('yellow', text) : text))),
    options.height - above.length,
  )
  return `${[...above, ...story].slice(0, options.height).join('\n')}\n`
}

type Paint = (colour: Colour, text: string) => string

const NAME_WIDTH = 22
/** Two digits each for skew and maxSkew, and the status. */
const TAIL_WIDTH = 20

function cellWidth(domains: number, width: number): number {
  return Math.max(6, Math.floor((width - NAME_WIDTH - TAIL_WIDTH) / Math.max(1, domains)))
}

function domainLines({ domains }: LiveView, width: number, paint: Paint): readonly string[] {
  const cell = cellWidth(domains.length, width)
  const line = (heading: string, text: (domain: LiveDomain) => string): string =>
    `${heading.padEnd(NAME_WIDTH)}${domains
      .map(domain => {
        const colour = domain.readyNodes < domain.nodes ? 'red' : domain.state === '' ? undefined : 'yellow'
        const fit = fitted(printable(text(domain)), cell)
        return colour === undefined ? fit : paint(colour, fit)
      })
      .join('')}`
  const states = domains.some(({ state }) => state !== '') ? [line('', ({ state }) => state)] : []
  const nodes = line('ready nodes', ({ nodes, readyNodes }) => `${readyNodes}/${nodes}`)
  return [`${line('', ({ name }) => domainText(name))}SKEW`, nodes, ...states].map(text => text.trimEnd())
}

const STATUS_COLOUR: Readonly<Record<GroupStatus, Colour>> = { Violated: 'red', Held: 'yellow', Blocked: 'magenta', Balanced: 'green' }

function workloadLines(workload: LiveWorkload, domains: number, width: number, paint: Paint): readonly string[] {
  const { counts, pending, skew, maxSkew, status } = workload
  const cell = cellWidth(domains, width)
  const most = Math.max(1, ...counts.map(count => count ?? 0))
  const bars = counts
    .map(count => fitted(`${String(count ?? NO_DOMAIN).padEnd(3)} ${'#'.repeat(barLength(count ?? 0, most, cell - 5))}`, cell))
    .join('')
  const tail = `${`${skew}/${maxSkew}`.padEnd(6)}${paint(STATUS_COLOUR[status], status)}${pending > 0 ? ` +${pending}` : ''}`
  const name = nameOf(workload)
  // A name stays whole: one too long for its column gets a line of its own.
  return name.length < NAME_WIDTH ? [`${name.padEnd(NAME_WIDTH)}${bars}${tail}`] : [name, `${''.padEnd(NAME_WIDTH)}${bars}${tail}`]
}

/** One mark a pod as long as there is room, otherwise in proportion to the fullest domain; at least one for a pod. */
function barLength(count: number, most: number, room: number): number {
  if (most <= room) return count
  return count === 0 ? 0 : Math.max(1, Math.round((count / most) * room))
}

function evictionLine({ namespace, pod, fromDomain, toDomain, state }: LiveEviction): string {
  return `${namespace}/${pod} ${domainText(fromDomain)} -> ${domainText(toDomain)}: ${state}`
}

/** What holds several workloads is said once. */
function holdLines(held: readonly LiveHold[]): readonly string[] {
  const alike = Map.groupBy(held, ({ reason, message }) => `${reason}: ${message}`)
  return [...alike].map(([words, holds]) => `${holds.map(nameOf).join(', ')}: ${words}`)
}

function storyLines({ time, text }: StoryLine, width: number): readonly string[] {
  const [first = '', ...rest] = wrap(printable(text), width - time.length - 1)
  return [`${time} ${first}`, ...rest.map(line => `${' '.repeat(time.length)} ${line}`)]
}

function listed(heading: string, lines: readonly string[], width: number): readonly string[] {
  return lines.length === 0 ? [] : ['', heading, ...lines.flatMap(line => wrap(printable(line), width, '  '))]
}

function capped(lines: readonly string[], most: number): readonly string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most - 1), `and ${lines.length - most + 1} more`]
}

function fitting(blocks: readonly (readonly string[])[], room: number): readonly string[] {
  if (blocks.flat().length <= room) return blocks.flat()
  const lines: string[] = []
  for (const [index, block] of blocks.entries()) {
    if (lines.length + block.length >= room) return [...lines, `and ${blocks.length - index} more`]
    lines.push(...block)
  }
  return lines
}

/** Whole blocks from the end; the last one from its start where even that is too long. */
function lastThatFit(blocks: readonly (readonly string[])[], room: number): readonly string[] {
  let lines: readonly string[] = blocks.at(-1)?.slice(0, Math.max(0, room)) ?? []
  for (const block of blocks.slice(0, -1).toReversed()) {
    if (block.length + lines.length > room) break
    lines = [...block, ...lines]
  }
  return lines
}

function fitted(text: string, width: number): string {
  return text.slice(0, width - 1).padEnd(width)
}
