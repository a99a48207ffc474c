import type { Clock } from '../../src/rebalancing/ports.ts'
import { findCondition } from '../../src/simulation/conditions.ts'
import type { ObjectStore, RawObject, StoreEvent } from '../../src/simulation/object-store.ts'
import { isReady, isTerminating } from '../../src/simulation/pod-facts.ts'
import type { BudgetObject, NodeObject, PodObject } from '../../src/simulation/wire-objects.ts'

/** What happens in a cluster from now on, one line a fact, as a person would tell it. The lines grow with it. */
export function transcriptOf(store: ObjectStore, clock: Clock): readonly string[] {
  const start = clock.monotonic()
  const lines: string[] = []
  store.subscribe(event => {
    for (const fact of factsOf(event)) lines.push(`${elapsed(clock.monotonic() - start)} ${fact}`)
  })
  return lines
}

function factsOf(event: StoreEvent): readonly string[] {
  switch (event.resource) {
    case 'pods':
      return podFacts(event.type, event.object, event.previous).map(fact => `pod ${nameOf(event.object)} ${fact}`)
    case 'nodes':
      return nodeFacts(event.type, event.object, event.previous).map(fact => `node ${event.object.metadata.name} ${fact}`)
    case 'poddisruptionbudgets':
      return budgetFacts(event.object, event.previous).map(fact => `budget ${nameOf(event.object)} ${fact}`)
    default:
      return []
  }
}

function podFacts(type: StoreEvent['type'], pod: PodObject, before: PodObject | undefined): readonly string[] {
  const node = pod.spec?.nodeName
  if (type === 'ADDED') return ['is created']
  if (type === 'DELETED') return [node === undefined ? 'is gone' : `is gone from ${node}`]
  const facts: string[] = []
  if (before?.spec?.nodeName !== node) facts.push(`is bound to ${node}`)
  const refusal = findCondition(pod.status?.conditions, 'PodScheduled')
  if (refusal?.status === 'False' && refusal.message !== findCondition(before?.status?.conditions, 'PodScheduled')?.message) {
    facts.push(`does not fit: ${refusal.message}`)
  }
  if (before !== undefined && isReady(before) !== isReady(pod)) facts.push(isReady(pod) ? 'is Ready' : 'is not Ready any more')
  if (before !== undefined && !isTerminating(before) && isTerminating(pod)) {
    const target = findCondition(pod.status?.conditions, 'DisruptionTarget')
    facts.push(`is terminating${node === undefined ? '' : ` on ${node}`}${target === undefined ? '' : ` (${target.reason})`}`)
  }
  return facts
}

function nodeFacts(type: StoreEvent['type'], node: NodeObject, before: NodeObject | undefined): readonly string[] {
  if (type === 'ADDED') return ['is created']
  if (type === 'DELETED') return ['is gone']
  const facts: string[] = []
  const ready = findCondition(node.status?.conditions, 'Ready')?.status ?? 'Unknown'
  if (ready !== (findCondition(before?.status?.conditions, 'Ready')?.status ?? 'Unknown')) facts.push(`Ready=${ready}`)
  const taints = taintsOf(node)
  if (taints !== taintsOf(before)) facts.push(taints === '' ? 'has no taints' : `has taints ${taints}`)
  return facts
}

function budgetFacts(budget: BudgetObject, before: BudgetObject | undefined): readonly string[] {
  const allowed = budget.status?.disruptionsAllowed
  return allowed === undefined || allowed === before?.status?.disruptionsAllowed ? [] : [`allows ${allowed}`]
}

function taintsOf(node: NodeObject | undefined): string {
  return (node?.spec?.taints ?? []).map(({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`).join(', ')
}

function nameOf(object: RawObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`
}

/** `mm:ss.mmm` since the start. */
function elapsed(ms: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  return `${two(ms / 60_000)}:${two((ms / 1_000) % 60)}.${String(Math.floor(ms % 1_000)).padStart(3, '0')}`
}
