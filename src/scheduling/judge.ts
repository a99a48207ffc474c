import type { Certainty } from './prediction.ts'

/** How sure it is that a pod lands well: `leading` are those of all landings that its choice is among unless something unseen interferes. */
export function judge<Landing>(all: readonly Landing[], leading: readonly Landing[], isGood: (landing: Landing) => boolean): Certainty {
  if (!leading.every(isGood)) return 'open'
  return all.every(isGood) ? 'certain' : 'likely'
}
