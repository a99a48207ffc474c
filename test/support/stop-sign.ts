import type { StopSign } from '../../src/rebalancing/ports.ts'

/** A sign as another object of the cluster, and processes that see it. */
export function createSign() {
  const sign = { text: undefined as string | undefined, reads: 0, broken: false }
  const reach = (): void => {
    if (sign.broken) throw new Error('no such ConfigMap')
  }
  /** @param liftedBefore when the process was started, where that counts */
  const seenBy = (liftedBefore: number | undefined): StopSign => ({
    liftedBefore,
    removal: 'kubectl annotate it away',
    read: async () => {
      reach()
      sign.reads += 1
      return sign.text
    },
    write: async text => {
      reach()
      sign.text = text
    },
  })
  return { sign, seenBy }
}
