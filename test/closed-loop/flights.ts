import type { NodeRecord } from '../../src/cluster/node.ts'
import type { PodRecord } from '../../src/cluster/pod.ts'
import { ownersOf } from '../../src/planning/workloads.ts'
import { budgetsOf } from '../../src/scheduling/budget-arithmetic.ts'
import { helps } from './spread-by-hand.ts'
import type { World } from './world.ts'

/** An eviction that was asked for and that the server has carried out, whatever it answered, until its replacement is Ready. */
export interface Flight {
  readonly victim: PodRecord
  readonly node: NodeRecord | undefined
  /** `namespace/Kind/name`. */
  readonly workload: string
  /** A budget covered the victim. */
  readonly covered: boolean
  readonly at: number
  /** Where its replacement was bound first, and whether the spread was better for it. */
  landing: { readonly pod: PodRecord; readonly zone: string; readonly helped: boolean } | undefined
  end: 'Ready' | 'NotReplaced' | 'TookTooLong' | undefined
}

/** Evictions followed from the side of the cluster, by bookkeeping of its own. */
export interface Flights {
  readonly all: readonly Flight[]
  readonly open: readonly Flight[]
  /** Calls the listener when the victim of a flight has begun to leave. */
  onBegin(listener: (flight: Flight) => void): void
  onLanding(listener: (flight: Flight) => void): void
}

interface Birth {
  readonly uid: string
  readonly controller: string | undefined
}

export function followFlights({ clock, cluster, settings, requests }: World): Flights {
  const { state } = cluster
  const all: Flight[] = []
  let open: Flight[] = []
  const beginListeners: ((flight: Flight) => void)[] = []
  const landingListeners: ((flight: Flight) => void)[] = []
  /** Every pod ever created, in that order, which creation timestamps tell to the second only. */
  const births: Birth[] = []
  /** By flight: how many pods had been created when it began, and which of the later ones replaces its victim. */
  const bornFrom = new Map<Flight, number>()
  const replacements = new Map<Flight, string>()

  const begin = (victim: PodRecord): void => {
    const { name } = ownersOf(state, victim)
    const flight: Flight = {
      victim,
      node: state.node(victim.nodeName ?? ''),
      workload: `${victim.namespace}/${name.kind}/${name.name}`,
      covered: budgetsOf(state, victim).length > 0,
      at: clock.now(),
      landing: undefined,
      end: undefined,
    }
    all.push(flight)
    open.push(flight)
    bornFrom.set(flight, births.length)
    for (const listener of beginListeners) listener(flight)
  }

  const follow = (): void => {
    if (open.length === 0) return
    for (const flight of open) look(flight)
    open = open.filter(({ end }) => end === undefined)
  }

  const look = (flight: Flight): void => {
    const { uid: controller } = flight.victim.controller ?? {}
    const living = [...state.podsOf(controller ?? '')].filter(({ deletedAt }) => deletedAt === undefined)
    const claimed = new Set([...replacements].flatMap(([other, uid]) => (other === flight ? [] : [uid])))
    const isNext = (birth: Birth): boolean => birth.controller === controller && !claimed.has(birth.uid)
    const known = replacements.get(flight)
    // One that died before it was Ready is replaced in its turn.
    const candidates = births.slice(bornFrom.get(flight)).filter(isNext)
    const uid = [known, ...candidates.map(birth => birth.uid)].find(candidate => living.some(pod => pod.uid === candidate))
    if (uid !== undefined) replacements.set(flight, uid)
    const pod = living.find(candidate => candidate.uid === uid)
    const node = state.node(pod?.nodeName ?? '')
    if (pod !== undefined && node !== undefined && flight.landing === undefined) {
      const helped = flight.node !== undefined && helps(state, pod, node, flight.node)
      flight.landing = { pod, zone: node.labels.get('topology.kubernetes.io/zone') ?? '', helped }
      for (const listener of landingListeners) listener(flight)
    }
    if (pod?.ready === true) flight.end = 'Ready'
    else if (pod === undefined && living.length >= (ownersOf(state, flight.victim).controller?.replicas ?? Infinity))
      flight.end = 'NotReplaced'
    else if (clock.now() - flight.at >= settings.replacementDeadline) flight.end = 'TookTooLong'
  }

  cluster.store.subscribe(({ resource, type, object: { metadata }, previous }) => {
    if (resource !== 'pods') return
    if (type === 'ADDED') {
      const controller = metadata.ownerReferences?.find(owner => owner.controller === true)?.uid
      births.push({ uid: metadata.uid ?? '', controller })
    }
    const begins = previous?.metadata.deletionTimestamp === undefined && metadata.deletionTimestamp !== undefined
    const isOurs = requests.some(({ uid, outcome }) => uid === metadata.uid && (outcome === undefined || outcome.kind === 'Lost'))
    if (type === 'MODIFIED' && begins && isOurs) {
      const victim = state.pod(metadata.namespace ?? '', metadata.name)
      if (victim !== undefined) begin(victim)
    }
    follow()
  })
  return {
    all,
    get open() {
      // Time passes without an event.
      follow()
      return open
    },
    onBegin: listener => void beginListeners.push(listener),
    onLanding: listener => void landingListeners.push(listener),
  }
}
