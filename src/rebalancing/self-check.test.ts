import { describe, expect, it } from 'vitest'
import type { Difference } from '../scheduling/difference.ts'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import type { Occurrence } from './ports.ts'
import { startSelfCheck } from './self-check.ts'

const EVERY = 5_000
const HOUR = 3_600_000
const wrong: Difference = { view: 'nodes', about: 'node-a', held: 'cpu 600', counted: 'cpu 500' }

function world(find: (samples: number) => readonly Difference[]) {
  const clock = createVirtualClock(0)
  const told: Occurrence[] = []
  const deeds: string[] = []
  const samples: number[] = []
  const end = startSelfCheck({
    clock,
    recorder: {
      record: occurrence => {
        told.push(occurrence)
        deeds.push(occurrence.reason)
      },
    },
    every: () => EVERY,
    compare: () => {
      samples.push(clock.now())
      return { of: 'nodes', compared: 1, differences: find(samples.length) }
    },
    compared: () => void deeds.push('counted'),
    heal: () => void deeds.push('healed'),
  })
  return { clock, told, deeds, samples, end }
}

describe('a self-check', () => {
  it('compares a sample every so often, until it is ended', async () => {
    const { clock, deeds, samples, end } = world(() => [])
    await clock.advanceAsync(3 * EVERY)
    end()
    await clock.advanceAsync(HOUR)
    expect(samples).toEqual([EVERY, 2 * EVERY, 3 * EVERY])
    expect(deeds).toEqual(['counted', 'counted', 'counted'])
  })

  it('counts, tells and heals what differs before anything else happens', async () => {
    const { clock, told, deeds } = world(samples => (samples === 1 ? [wrong] : []))
    clock.after(EVERY, () => void deeds.push('something else'))
    await clock.advanceAsync(EVERY)
    expect(deeds).toEqual(['counted', 'ViewDiffers', 'healed', 'ViewsRenewed', 'something else'])
    expect(told[0]).toEqual({
      reason: 'ViewDiffers',
      level: 'warning',
      message: 'the view of nodes differs from the cluster at node-a: it holds cpu 600; from scratch: cpu 500',
      fields: { view: 'nodes', subject: 'node-a', held: 'cpu 600', counted: 'cpu 500' },
    })
  })

  it('tells of many differences only the first, and how many more there are', async () => {
    const { clock, told } = world(() => Array.from({ length: 40 }, () => wrong))
    await clock.advanceAsync(EVERY)
    const warnings = told.filter(({ level }) => level === 'warning')
    expect(warnings).toHaveLength(11)
    expect(warnings.at(-1)?.message).toBe('so it does in 30 more places')
  })

  it('takes more and more time over what healing does not end, and is as frequent as before once nothing differs', async () => {
    const { clock, samples } = world(count => (count <= 12 ? [wrong] : []))
    await clock.advanceAsync(24 * HOUR)
    const pauses = samples.map((at, index) => at - (samples[index - 1] ?? 0))
    expect(pauses.slice(0, 4)).toEqual([EVERY, 2 * EVERY, 4 * EVERY, 8 * EVERY])
    expect(pauses[12]).toBe(HOUR)
    expect(pauses[13]).toBe(EVERY)
  })
})
