import type { Plan } from '../planning/plan-types.ts'

/**
 * Tells refusals that begin from those that go on: given what each plan leaves alone, the reasons that were not given for the same pod by the
 * plan before. Otherwise a pod that stays blocked would be counted as often as plans are made.
 */
export function createRefusals(): (leftAlone: Plan['leftAlone']) => readonly string[] {
  let before: ReadonlyMap<string, string> = new Map()
  return leftAlone => {
    const now = new Map([...leftAlone].map(([uid, { reason }]) => [uid, reason]))
    const begun = [...now].filter(([uid, reason]) => before.get(uid) !== reason).map(([, reason]) => reason)
    before = now
    return begun
  }
}
