import { timestamp } from '../cluster/timestamp.ts'
import { domainText, keyedDomainText } from '../planning/domain-text.ts'
import type { GroupPlan } from '../planning/plan-types.ts'
import type { OfWorkload } from '../planning/workload-key.ts'
import { refund, touch } from './cool-downs.ts'
import { countEviction, countMiss } from './episodes.ts'
import type { Expectation } from './expectations.ts'
import type { History } from './history.ts'
import { helps, isPredicted } from './landings.ts'
import { moveOf, type Move } from './moves.ts'
import type { Occurrence } from './ports.ts'
import { afterMiss, type Lifted } from './quarantine.ts'
import type { AnyReason } from './reasons.ts'
import { doubtOn } from './replacements.ts'
import type { Sighting } from './sightings.ts'

/** What a sighting changes, and what of it is worth telling. */
export interface Lesson {
  readonly history: History
  readonly told: readonly Occurrence[]
  readonly verdict: 'evicted' | 'helped' | 'missed' | undefined
}

/** The state that a sighting is part of; looked at only where a landing was not the predicted one. */
export interface Hindsight {
  /** The groups of a plan made on it. */
  readonly groups: () => readonly GroupPlan[]
  /** Whether nothing could land by then where the replacement was expected. */
  readonly isClosed: (expectation: Expectation) => boolean
}

/** @param now milliseconds since the epoch */
export function learn(history: History, sighting: Sighting, hindsight: Hindsight, now: number): Lesson {
  const { expectation } = sighting
  const ended = { ...history, rounds: touch(history.rounds, expectation, now) }
  const tell = (reason: AnyReason, message: string, level: 'info' | 'warning' = 'info'): Occurrence =>
    occurrence(expectation, reason, message, level)
  switch (sighting.kind) {
    case 'Leaving': {
      const told = [tell('EvictionTookEffect', 'the request whose answer was lost has evicted it')]
      return { history: { ...history, episode: countEviction(history.episode) }, told, verdict: 'evicted' }
    }
    case 'Landed': {
      const { domain, replacement } = sighting
      const where = `${domain === undefined ? 'on' : 'in'} ${keyedDomainText(expectation.topologyKey, domain)}`
      if (domain !== undefined && (isPredicted(expectation, domain) || helps(expectation, domain, hindsight.groups()))) {
        const moved = moveOf(expectation, domain, { name: replacement.name, uid: replacement.uid, node: replacement.nodeName ?? '' }, now)
        return {
          history: { ...history, moves: [...history.moves, moved] },
          told: [tell('Landed', `its replacement ${replacement.name} landed ${where}`)],
          verdict: 'helped',
        }
      }
      const since = hindsight.isClosed(expectation) ? ' and has gone away since' : ''
      const message = `its replacement ${replacement.name} landed ${where}, which does not help; ${domainText(expectation.toDomain)} was predicted${since}`
      return missed(history, expectation, hindsight, tell('LandingMissed', message, 'warning'), now)
    }
    case 'Ready':
      return {
        history: ended,
        told: [tell('ReplacementReady', `its replacement ${sighting.replacement.name} is Ready`)],
        verdict: undefined,
      }
    case 'NotReplaced':
      return { history: ended, told: [tell('NotReplaced', 'its controller no longer wants a replacement')], verdict: undefined }
    case 'NotEvicted': {
      const told = [tell('EvictionWasLost', 'the request whose answer was lost has not evicted it')]
      return { history: { ...history, rounds: refund(history.rounds, expectation) }, told, verdict: undefined }
    }
    case 'Overdue': {
      const { replacement } = sighting
      const overdue = tell(
        'ReplacementOverdue',
        `its replacement ${stateOf(replacement, expectation)}; nothing more of its workload is evicted`,
        'warning',
      )
      // One that landed has helped or missed already; one that found no place has missed.
      if (expectation.landedIn !== undefined) return { history, told: [overdue], verdict: undefined }
      return missed(history, expectation, hindsight, overdue, now)
    }
  }
}

function missed(history: History, expectation: Expectation, hindsight: Hindsight, told: Occurrence, now: number): Lesson {
  const workloads = workloadsOf(expectation, hindsight.groups())
  const cause = hindsight.isClosed(expectation) ? 'overtaken' : 'landing'
  const { quarantined, misses, quarantines } = afterMiss(history, { group: expectation.group, cause, at: now }, workloads)
  return {
    history: { ...history, misses, quarantines, episode: countMiss(history.episode) },
    told: quarantined === undefined ? [told] : [told, quarantineBegan(expectation, quarantined.until, quarantined.times)],
    verdict: 'missed',
  }
}

/** What it means that somebody has undone a move, which was in vain with that; the second time its group is quarantined. */
export function learnMovedBack(history: History, move: Move, groups: readonly GroupPlan[], now: number): Omit<Lesson, 'verdict'> {
  const { group, namespace, workload, topologyKey, domain, pod, uid } = move
  const workloads = workloadsOf(move, groups)
  const { quarantined, misses, quarantines } = afterMiss(history, { group, cause: 'movedBack', at: now }, workloads)
  const movedBack: Occurrence = {
    reason: 'MovedBack',
    level: 'warning',
    message: `${namespace}/${pod}: it was moved to ${keyedDomainText(topologyKey, domain)}, and somebody else has taken it away from there`,
    about: { kind: workload.kind, namespace, name: workload.name },
    fields: { topologyKey, domain, uid },
  }
  return {
    history: { ...history, misses, quarantines, moves: history.moves.filter(other => other !== move) },
    told: quarantined === undefined ? [movedBack] : [movedBack, quarantineBegan(move, quarantined.until, quarantined.times)],
  }
}

/** Every workload of the group, or as much of it as is known when the group is no more. */
function workloadsOf(
  { group, namespace, workload }: Pick<Move, 'group' | 'namespace' | 'workload'>,
  groups: readonly GroupPlan[],
): readonly OfWorkload[] {
  return groups.find(({ id }) => id === group)?.workloads.map(of => ({ namespace, workload: of })) ?? [{ namespace, workload }]
}

function quarantineBegan(
  { namespace, workload, topologyKey }: Pick<Move, 'namespace' | 'workload' | 'topologyKey'>,
  until: number,
  times: number,
): Occurrence {
  return {
    reason: 'GroupQuarantined',
    level: 'warning',
    message: `evictions of its group over ${topologyKey} do not help; it is left alone until ${timestamp(until)}`,
    about: { kind: workload.kind, namespace, name: workload.name },
    fields: { topologyKey, times },
  }
}

/** Told of the first workload of the group, the one with most pods. */
export function quarantineLifted({ quarantine: { workloads }, because }: Lifted): Occurrence {
  const of = workloads[0]
  return {
    reason: 'QuarantineLifted',
    level: 'info',
    message: `${because}, so its quarantine is over`,
    ...(of !== undefined && { about: { kind: of.workload.kind, namespace: of.namespace, name: of.workload.name } }),
  }
}

function stateOf(replacement: Extract<Sighting, { kind: 'Overdue' }>['replacement'], expectation: Expectation): string {
  if (replacement === undefined) return `has not been created${doubtOn(expectation)}`
  if (replacement.nodeName === undefined) return `${replacement.name} is Pending (${replacement.unschedulableMessage ?? 'no reason given'})`
  return `${replacement.name} ${replacement.crashLooping ? 'is crash-looping' : 'is not Ready'}`
}

function occurrence(
  { namespace, pod, uid, workload }: Expectation,
  reason: AnyReason,
  message: string,
  level: 'info' | 'warning',
): Occurrence {
  return {
    reason,
    level,
    message: `${namespace}/${pod}: ${message}`,
    about: { kind: 'Pod', namespace, name: pod, uid },
    fields: { workload: `${workload.kind}/${workload.name}` },
  }
}
