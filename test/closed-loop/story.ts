import type { PodRecord } from '../../src/cluster/pod.ts'
import type { NodeObject } from '../../src/simulation/wire-objects.ts'
import { SECOND, type World } from './world.ts'

/** What happened in a world, as one would tell it the morning after: who did what, what respread said, and how the pods stood in between. */
export interface Story {
  /** Somebody other than respread does something. */
  note(text: string): void
  text(): string
}

interface Line {
  readonly at: number
  readonly who: string
  readonly text: string
}

/** What has become of some nodes within a second. */
interface NodeNews {
  readonly at: number
  readonly names: string[]
  readonly state: string
}

/** How the pods stand is told when nothing has happened to them for so long, in milliseconds: nobody reads each step. */
const CALM = 5 * SECOND

export function followStory(world: World): Story {
  const { clock, cluster } = world
  const begun = clock.now()
  const lines: Line[] = []
  const nodeNews: NodeNews[] = []
  /** By workload: how its pods stand now, and how it was last told. */
  const standing = new Map<string, string>()
  const toldStanding = new Map<string, string>()
  let lastChange = begun

  const tellStanding = (): void => {
    const news = [...standing].filter(([app, text]) => toldStanding.get(app) !== text).sort(([a], [b]) => (a < b ? -1 : 1))
    for (const [app, text] of news) toldStanding.set(app, text)
    if (news.length > 0) lines.push({ at: lastChange, who: 'pods', text: news.map(([app, text]) => `${app} ${text}`).join(', ') })
  }

  cluster.store.subscribe(event => {
    if (event.resource === 'nodes') {
      const { name } = event.object.metadata
      for (const state of newStates(event.type === 'DELETED' ? undefined : event.object, event.previous)) {
        const others = nodeNews.find(news => news.state === state && clock.now() - news.at < SECOND)
        if (others === undefined) nodeNews.push({ at: clock.now(), names: [name], state })
        else others.names.push(name)
      }
    }
    const app = event.resource === 'pods' ? event.object.metadata.labels?.['app'] : undefined
    if (app === undefined) return
    if (clock.now() - lastChange >= CALM) tellStanding()
    const now = standingOf(world, app)
    if (standing.get(app) === now) return
    standing.set(app, now)
    lastChange = clock.now()
  })

  return {
    note: text => void lines.push({ at: clock.now(), who: '*', text }),
    text: () => {
      tellStanding()
      const said = world.told.map(({ at, level, reason, message }): Line => {
        return { at, who: 'respread', text: `${level === 'warning' ? '! ' : ''}${reason}: ${message}` }
      })
      const ofNodes = nodeNews.map(({ at, names, state }): Line => {
        return { at, who: 'nodes', text: `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} ${state}` }
      })
      const inOrder = [...lines, ...ofNodes, ...said].sort((a, b) => a.at - b.at)
      return `${inOrder.map(({ at, who, text }) => `${elapsed(at - begun)}  ${who.padEnd(9)} ${text}`).join('\n')}\n`
    },
  }
}

function newStates(node: NodeObject | undefined, before: NodeObject | undefined): readonly string[] {
  if (node === undefined) return ['gone']
  const isReady = ({ status }: NodeObject): boolean =>
    status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false
  const states: string[] = before === undefined ? ['there'] : []
  if (before !== undefined && isReady(before) !== isReady(node)) states.push(isReady(node) ? 'Ready' : 'not Ready')
  const [cordoned, wasCordoned] = [node, before].map(each => each?.spec?.unschedulable ?? false)
  if (cordoned !== wasCordoned) states.push(cordoned === true ? 'cordoned' : 'cordoned no more')
  return states
}

/** `4 4 4`: Ready by zone; and what of it is on its way. */
function standingOf({ cluster: { state } }: World, app: string): string {
  const zones = [...new Set([...state.nodes()].map(({ labels }) => labels.get('topology.kubernetes.io/zone') ?? ''))].sort((a, b) =>
    a < b ? -1 : 1,
  )
  const pods = [...state.pods()].filter(pod => pod.labels.get('app') === app)
  const staying = pods.filter(({ deletedAt }) => deletedAt === undefined)
  const zoneOf = ({ nodeName = '' }: PodRecord): string | undefined => state.node(nodeName)?.labels.get('topology.kubernetes.io/zone')
  const ready = zones.map(zone => staying.filter(pod => pod.ready && zoneOf(pod) === zone).length)
  const rest: readonly (readonly [number, string])[] = [
    [staying.filter(pod => pod.nodeName !== undefined && !pod.ready).length, 'not Ready'],
    [staying.filter(pod => pod.nodeName === undefined).length, 'Pending'],
    [pods.length - staying.length, 'leaving'],
  ]
  const others = rest.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]))
  return `${ready.join(' ')}${others.length === 0 ? '' : ` (${others.join(', ')})`}`
}

/** `mm:ss` since the start. */
function elapsed(ms: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  return `${two(ms / (60 * SECOND))}:${two((ms / SECOND) % 60)}`
}
