import { HOST, rawNode, workload, ZONE } from '../support/spread-world.ts'

// Small clusters drawn by seed, as plain data that the brute force reads, and as the objects that the planner reads.

const CAPACITY = 'karpenter.sh/capacity-type'

interface SmallNode {
  readonly name: string
  /** Domain by key. */
  readonly domains: Readonly<Record<string, string>>
  /** Pods that it can hold. */
  readonly slots: number
}

export interface SmallConstraint {
  readonly key: string
  readonly isHard: boolean
  readonly maxSkew: number
  /** Names of the workloads whose pods it counts. */
  readonly counts: readonly string[]
}

interface SmallWorkload {
  readonly name: string
  readonly constraints: readonly SmallConstraint[]
  /** By pod: the place of its node, and whether it must stay. */
  readonly pods: readonly { readonly node: number; readonly isPinned: boolean }[]
}

export interface SmallCluster {
  readonly nodes: readonly SmallNode[]
  readonly workloads: readonly SmallWorkload[]
}

/** Whole numbers below a limit, the same for the same seed (mulberry32). */
export function numbersFrom(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.trunc((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below)
  }
}

/**
 * Two or three zones of one to three nodes, of one or two capacity types; one or two workloads with one or two constraints, nested or crossing,
 * hard or soft; now and then a pinned pod, a node with little room, a selector that both workloads share. Hard constraints have maxSkew 1: with
 * more, a plan is made for landings that the best case does not know.
 */
export function drawCluster(seed: number): SmallCluster {
  const below = numbersFrom(seed)
  const nodes: SmallNode[] = []
  const zones = 2 + below(2)
  for (let z = 0; z < zones; z += 1) {
    const size = 1 + below(3)
    for (let i = 0; i < size; i += 1) {
      const name = `${'abc'[z] ?? 'd'}${i}`
      const domains = { [ZONE]: 'abc'[z] ?? 'd', [HOST]: name, [CAPACITY]: below(2) === 0 ? 'spot' : 'on-demand' }
      nodes.push({ name, domains, slots: below(5) === 0 ? 1 + below(3) : 110 })
    }
  }
  const names = below(3) === 0 ? ['web', 'api'] : ['web']
  const isShared = names.length === 2 && below(2) === 0
  const held = nodes.map(() => 0)
  const workloads = names.map((name): SmallWorkload => {
    const keys = drawKeys(below)
    const counts = isShared ? names : [name]
    const constraints = keys.map(key => {
      const isHard = below(2) === 0
      return { key, isHard, maxSkew: isHard ? 1 : 1 + below(2), counts }
    })
    const size = 2 + below(names.length === 2 ? 4 : 6)
    const favoured = 1 + below(nodes.length)
    const pods: { node: number; isPinned: boolean }[] = []
    for (let p = 0; p < size; p += 1) {
      const node = below(favoured)
      if ((held[node] ?? 0) >= (nodes[node]?.slots ?? 0)) continue
      held[node] = (held[node] ?? 0) + 1
      pods.push({ node, isPinned: below(6) === 0 })
    }
    return { name, constraints, pods }
  })
  return { nodes, workloads }
}

/** The nodes of {@link drawCluster} with one workload of one constraint, whose maxSkew may be more than 1 though it be hard. */
export function drawPlainCluster(seed: number): SmallCluster {
  const { nodes } = drawCluster(seed)
  const below = numbersFrom(seed + 0x20000)
  const constraint = { key: below(3) === 0 ? HOST : ZONE, isHard: below(2) === 0, maxSkew: 1 + below(3), counts: ['web'] }
  const left = nodes.map(({ slots }) => slots)
  const [first, favoured] = [below(nodes.length), 1 + below(nodes.length)]
  const pods = Array.from({ length: 2 + below(8) }, () => (first + below(favoured)) % nodes.length).filter(node => {
    left[node] = (left[node] ?? 0) - 1
    return left[node] >= 0
  })
  return { nodes, workloads: [{ name: 'web', constraints: [constraint], pods: pods.map(node => ({ node, isPinned: below(8) === 0 })) }] }
}

/** The nodes of {@link drawCluster} with two workloads, each over a key of its own, that a third constraint counts together. */
export function drawTiedCluster(seed: number): SmallCluster {
  const { nodes } = drawCluster(seed)
  const below = numbersFrom(seed + 0x10000)
  const names = ['web', 'api']
  const constraintOver = (key: string, counts: readonly string[]): SmallConstraint => {
    const isHard = below(3) === 0
    return { key, isHard, maxSkew: isHard ? 1 : 1 + below(2), counts }
  }
  const [own, common] = below(2) === 0 ? [ZONE, HOST] : [HOST, ZONE]
  const tie = constraintOver(common, names)
  const left = nodes.map(({ slots }) => slots)
  const workloads = names.map((name): SmallWorkload => {
    const [first, favoured] = [below(nodes.length), 1 + below(nodes.length)]
    const pods = Array.from({ length: 2 + below(3) }, () => (first + below(favoured)) % nodes.length).filter(node => {
      left[node] = (left[node] ?? 0) - 1
      return left[node] >= 0
    })
    return { name, constraints: [constraintOver(own, [name]), tie], pods: pods.map(node => ({ node, isPinned: below(6) === 0 })) }
  })
  return { nodes, workloads }
}

/**
 * Two or three zones of one to three nodes that are mostly full, and two to four workloads in a heap each, with constraints of their own: what one
 * leaves is where another goes.
 */
export function drawCrowdedCluster(seed: number): SmallCluster {
  const below = numbersFrom(seed)
  const nodes = Array.from({ length: 2 + below(2) }, (_, z) => z).flatMap(z =>
    Array.from({ length: 1 + below(3) }, (_, i): SmallNode => {
      const [zone, name] = ['abc'[z] ?? 'd', `${'abc'[z] ?? 'd'}${i}`]
      return { name, domains: { [ZONE]: zone, [HOST]: name }, slots: below(3) === 0 ? 110 : 1 + below(6) }
    }),
  )
  const held = nodes.map(() => 0)
  const workloads = ['web', 'api', 'db', 'cart'].slice(0, 2 + below(3)).map((name): SmallWorkload => {
    const constraints = ([[ZONE], [ZONE, HOST], [HOST]][below(3)] ?? [ZONE]).map((key): SmallConstraint => {
      const isHard = below(2) === 0
      return { key, isHard, maxSkew: isHard ? 1 : 1 + below(2), counts: [name] }
    })
    const [first, favoured] = [below(nodes.length), 1 + below(nodes.length)]
    const pods = Array.from({ length: 2 + below(5) }, () => (first + below(favoured)) % nodes.length).filter(node => {
      held[node] = (held[node] ?? 0) + 1
      return held[node] <= (nodes[node]?.slots ?? 0)
    })
    return { name, constraints, pods: pods.map(node => ({ node, isPinned: false })) }
  })
  return { nodes, workloads }
}

function drawKeys(below: (limit: number) => number): readonly string[] {
  const choices = [[ZONE], [ZONE, HOST], [ZONE, CAPACITY], [HOST], [ZONE, HOST]]
  return choices[below(choices.length)] ?? [ZONE]
}

/** The same cluster as raw objects. */
export function objectsOf({ nodes, workloads }: SmallCluster): readonly unknown[] {
  return [
    ...nodes.map(({ name, domains, slots }) => rawNode({ name, labels: domains, pods: slots })),
    ...workloads.flatMap(({ name, constraints, pods }) =>
      workload({
        name,
        labels: { team: 'shop' },
        on: pods.map(({ node }) => nodes[node]?.name),
        replicas: Math.max(2, pods.length),
        spread: constraints.map(({ key, isHard, maxSkew, counts }) => ({
          topologyKey: key,
          maxSkew,
          whenUnsatisfiable: isHard ? 'DoNotSchedule' : 'ScheduleAnyway',
          labelSelector: { matchLabels: counts.length > 1 ? { team: 'shop' } : { app: name } },
        })),
        pods: Object.fromEntries(
          pods.flatMap(({ isPinned }, index) =>
            isPinned ? [[index, { metadata: { annotations: { 'respread.io/evict': 'false' } } }]] : [],
          ),
        ),
      }),
    ),
  ]
}
