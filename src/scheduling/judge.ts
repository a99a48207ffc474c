import type { Certainty, Prediction } from './prediction.ts'

/**
 * How sure it is that a landing helps, given which nodes help. A node that is about to go helps nobody, but the scheduler may choose it all
 * the same where the pod tolerates that. `open` for whatever is not placed.
 */
export function judge(prediction: Prediction, helps: (node: string) => boolean): Certainty {
  if (prediction.kind !== 'placed') return 'open'
  const isGood = ({ name, stays }: { readonly name: string; readonly stays: boolean }): boolean => stays && helps(name)
  if (!prediction.leading.every(isGood)) return 'open'
  return prediction.nodes.every(isGood) ? 'certain' : 'likely'
}
