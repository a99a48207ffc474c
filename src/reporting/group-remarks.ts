import { counted } from '../planning/counted.ts'
import type { Blocker, GroupPlan, Plan } from '../planning/plan-types.ts'
import { printable } from './printable.ts'
import type { Reason } from '../planning/reasons.ts'

/** Reasons that the row itself tells already. */
const SELF_EVIDENT: ReadonlySet<Reason> = new Set<Reason>(['WithinMaxSkew', 'MovesPlanned'])

/**
 * What is to be said of a group besides its numbers: why nothing is planned, or what keeps the plan from mending all of it. Undefined where the
 * numbers say everything.
 *
 * @param notices what is said about the whole cluster anyway, and need not be said again
 */
export function remarkOn(group: GroupPlan, notices: Plan['notices']): string | undefined {
  const { reason, message, planned, excessAfter, skewAfter, blockers } = group
  if (planned > 0) return excessAfter > 0 && blockers.length > 0 ? printable(`left at ${skewAfter}: ${blockersText(blockers)}`) : undefined
  if (SELF_EVIDENT.has(reason)) return undefined
  if (notices.some(notice => notice.reason === reason && notice.message === message)) return `${reason}, see below`
  const isShared = blockers.length > 1 && blockers[0]?.reason === reason
  return printable(isShared ? blockersText(blockers) : reasonText(reason, message))
}

/** One reason as it is, several with the number of pods that each keeps. */
function blockersText(blockers: readonly Blocker[]): string {
  const [only, other] = blockers
  if (only !== undefined && other === undefined) return reasonText(only.reason, only.message)
  return blockers.map(({ reason, pods, message }) => reasonText(`${reason} (${counted(pods, 'pod')})`, message)).join('; ')
}

function reasonText(reason: string, message: string): string {
  return message === '' ? reason : `${reason}: ${message}`
}
