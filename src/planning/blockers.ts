import { compareText } from '../cluster/compare-text.ts'
import { memo } from '../cluster/memo.ts'
import type { Bystanders } from './bystanders.ts'
import { counted } from './counted.ts'
import { listed } from './listed.ts'
import type { Blocker, WorkloadName } from './plan-types.ts'
import { isFinal, type Veto } from './reasons.ts'
import type { SpreadState } from './spread-state.ts'

/** Why pods of a group that stand above its lowest count stay. */
export type LeftAlone = readonly (readonly [uid: string, veto: Veto])[]

/**
 * What keeps a violated group's pods where they are, by reason, most pods first; where the plan leaves excess, also pods that are counted and
 * carry no part of the constraint.
 */
export function blockersOf(state: SpreadState, leftAlone: LeftAlone, bystanders: readonly Bystanders[]): readonly Blocker[] {
  const tally = new Map<string, { veto: Veto; pods: number }>()
  const add = (veto: Veto, pods: number): void => {
    memo(tally, veto.reason, () => ({ veto, pods: 0 })).pods += pods
  }
  for (const [, veto] of leftAlone) add(veto, 1)
  if (state.excess() > 0) {
    const above = bystanders
      .map(({ workload, pods }) => ({
        workload,
        pods: pods.filter(pod => isAboveMinimum(state, state.index.of(pod.nodeName ?? '') ?? -1)).length,
      }))
      .filter(({ pods }) => pods > 0)
    const pods = above.reduce((sum, each) => sum + each.pods, 0)
    if (pods > 0) add({ reason: 'CountedOnly', message: bystanderText(above) }, pods)
  }
  return [...tally.values()]
    .sort((a, b) => b.pods - a.pods || Number(isFinal(b.veto)) - Number(isFinal(a.veto)) || compareText(a.veto.reason, b.veto.reason))
    .map(({ veto, pods }) => ({ ...veto, pods }))
}

function bystanderText(above: readonly { readonly workload: WorkloadName; readonly pods: number }[]): string {
  const named = above.map(({ workload: { kind, name }, pods }) => `${counted(pods, 'pod')} of ${kind} ${name}`)
  return `the selector also counts ${listed(named)} above the minimum, which do not carry the constraint`
}

/** Whether a pod of the domain stands above the global minimum; in no domain, -1, none does. */
export function isAboveMinimum({ index, rule, countIn, lowest }: SpreadState, domain: number): boolean {
  // With fewer domains than minDomains the global minimum is 0, and every pod above maxSkew is one too many.
  return countIn(domain) > (index.names.length < rule.minDomains ? 0 : lowest())
}
