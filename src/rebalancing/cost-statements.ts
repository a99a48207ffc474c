import type { SurplusPod } from '../planning/choose-surplus.ts'
import { keyedDomainText } from '../planning/domain-text.ts'
import type { Surplus } from '../planning/surplus.ts'
import type { Statement } from './announcer.ts'
import type { WantedCost } from './cost-changes.ts'
import type { Occurrence } from './ports.ts'

/** What holds about deletion costs at present. @param would what a dry run leaves undone */
export function costStatements({ foreign }: Surplus, would: readonly WantedCost[]): readonly Statement[] {
  return [...foreign.map(isForeign), ...would.flatMap(({ surplus }) => (surplus === undefined ? [] : [wouldSet(surplus)]))]
}

/** Why a pod is surplus, as part of a sentence. */
export function tooMany({ topologyKey, domain, workload }: SurplusPod): string {
  return `${workload.kind} ${workload.name} has too many pods in ${keyedDomainText(topologyKey, domain)}`
}

export function aboutPod({ namespace, name, uid }: SurplusPod['pod']): NonNullable<Occurrence['about']> {
  return { kind: 'Pod', namespace, name, uid }
}

function isForeign(surplus: SurplusPod): Statement {
  const { namespace, name, uid } = surplus.pod
  const message = `${namespace}/${name}: ${tooMany(surplus)}, but somebody else has set its deletion cost`
  return { topic: `cost ${uid}`, occurrence: { reason: 'DeletionCostForeign', level: 'info', message, about: aboutPod(surplus.pod) } }
}

function wouldSet(surplus: SurplusPod): Statement {
  const { namespace, name, uid } = surplus.pod
  const message = `would give ${namespace}/${name} the deletion cost ${surplus.cost}: ${tooMany(surplus)}`
  return {
    topic: `would cost ${uid}`,
    occurrence: { reason: 'WouldSetDeletionCost', level: 'info', message, about: aboutPod(surplus.pod) },
  }
}
