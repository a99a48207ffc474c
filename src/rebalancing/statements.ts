import { memo } from '../cluster/memo.ts'
import { domainText, keyedDomainText } from '../planning/domain-text.ts'
import type { GroupPlan, Plan, PlannedEviction } from '../planning/plan-types.ts'
import { REASONS } from '../planning/reasons.ts'
import type { DomainHold } from '../planning/situation.ts'
import { workloadKey } from '../planning/workload-key.ts'
import { IN_TURN, type Admission } from './admission.ts'
import type { Statement } from './announcer.ts'

/** Everything that a pass has to say about what it leaves alone and why. */
export function statementsOf(
  plan: Pick<Plan, 'notices' | 'groups'>,
  admission: Admission,
  domainHolds: readonly DomainHold[],
  dryRun: boolean,
): readonly Statement[] {
  return [
    ...plan.notices.map(({ reason, message }): Statement => ({
      topic: `notice ${reason} ${message}`,
      occurrence: { reason, message, level: 'warning' },
    })),
    ...domainHolds.filter(isComingBack).map(settling),
    ...plan.groups.map(standingOf),
    ...waitingWorkloads(admission),
    ...(dryRun ? wouldEvict(admission) : []),
  ]
}

/** One that is down settles when it is back. */
function isComingBack({ until }: DomainHold): boolean {
  return until !== undefined
}

/** Told anew when it begins to hold still anew. */
function settling({ topologyKey, domain, until, reason, message }: DomainHold): Statement {
  return { topic: `domain ${topologyKey}=${domain} until ${until}`, occurrence: { reason, message, level: 'info' } }
}

/** Groups that nothing has touched are the same objects in the next plan, and so is what is to be said of them. */
function standingOf(group: GroupPlan): Statement {
  return memo(statements, group, () => standing(group))
}

const statements = new WeakMap<GroupPlan, Statement>()

function standing({ id, namespace, workload, status, reason, message, topologyKey, excess }: GroupPlan): Statement {
  const topic = `group ${id}`
  const about = { kind: workload.kind, namespace, name: workload.name }
  const fields = { topologyKey, status }
  // What waits or is left alone without being over maxSkew concerns nobody; but while a domain is down its counts say little.
  if (excess === 0 && reason !== 'DomainOutage') {
    return {
      topic,
      occurrence: {
        reason: 'WithinMaxSkew',
        message: `${namespace}/${workload.name}: within maxSkew over ${topologyKey}`,
        about,
        fields,
        level: 'info',
      },
      quiet: true,
    }
  }
  // What time or an event may lift is nothing for a person to do.
  const level = status === 'Blocked' && REASONS[reason].kind !== 'waiting' ? 'warning' : 'info'
  return { topic, occurrence: { reason, message: `${namespace}/${workload.name}: ${message}`, about, fields, level }, quiet: excess === 0 }
}

/** One reason for each workload: that of its first eviction which an earlier one does not merely go before. */
function waitingWorkloads({ waiting }: Admission): readonly Statement[] {
  const first = new Map<string, Statement>()
  for (const { eviction, reason, message } of waiting) {
    const key = workloadKey(eviction)
    if (IN_TURN.has(reason) || first.has(key)) continue
    const { namespace, workload } = eviction
    const about = { kind: workload.kind, namespace, name: workload.name }
    const occurrence = { reason, message: `${namespace}/${workload.name}: ${message}`, about, level: 'info' } as const
    first.set(key, { topic: `waiting ${key}`, occurrence })
  }
  return [...first.values()]
}

/** The whole way: what may go out now, and what would follow it. */
function wouldEvict({ admitted, waiting }: Admission): readonly Statement[] {
  const followed = waiting.filter(({ reason }) => IN_TURN.has(reason)).map(({ eviction }) => eviction)
  return [...admitted, ...followed].map(wouldEvictPod)
}

function wouldEvictPod(eviction: PlannedEviction): Statement {
  const { namespace, pod, uid, topologyKey, fromDomain, toDomain, wave } = eviction
  const message = `would evict ${namespace}/${pod} from ${keyedDomainText(topologyKey, fromDomain)} so that it lands in ${domainText(toDomain)} (wave ${wave})`
  return {
    topic: `would ${uid}`,
    occurrence: { reason: 'WouldEvict', message, about: { kind: 'Pod', namespace, name: pod, uid }, level: 'info' },
  }
}
