import { describe, expect, it } from 'vitest'
import { podRecord } from '../../test/support/records.ts'
import { restEachTime } from '../../test/support/rest-each-time.ts'
import { createClusterState } from '../cluster/cluster-state.ts'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import { createRecordStore } from './record-store.ts'
import { createReflection } from './reflection.ts'

/** A kind that notes at each of its changes how far it may be trusted. */
function reflect() {
  const clock = createVirtualClock(0)
  const state = createClusterState()
  const seen: string[] = []
  const trust = (): string => {
    const { required, synced } = reflection.freshness()
    const known = state.knows('Pod') ? 'known' : 'unknown'
    return `${known}, ${required ? (synced ? 'good' : 'waited for') : 'carried on without'}`
  }
  const note = (): void => void seen.push(trust())
  const store = createRecordStore('Pod', state, () => undefined, note, restEachTime)
  const reflection = createReflection('Pod', store, clock)
  return { state, reflection, seen, trust }
}

const pods = ['a', 'b', 'c'].map(name => podRecord({ name }))

describe('a kind that the server no longer shows', () => {
  it('is unknown at once, and carried on without only when its last record is gone', async () => {
    const { state, reflection, seen, trust } = reflect()
    await reflection.listed(pods, '7', 0)
    expect(trust()).toBe('known, good')
    seen.length = 0

    const isNews = await reflection.forget()

    expect(seen).toEqual(pods.map(() => 'unknown, waited for'))
    expect([isNews, state.count('Pod'), trust()]).toEqual([true, 0, 'unknown, carried on without'])
  })

  it('is waited for from its first record on when it is shown again', async () => {
    const { reflection, seen, trust } = reflect()
    await reflection.forget()
    expect(trust()).toBe('unknown, carried on without')

    await reflection.listed(pods, '7', 0)

    expect(seen).toEqual(pods.map(() => 'unknown, waited for'))
    expect(trust()).toBe('known, good')
  })
})

it('a later list counts as missed by the watch what differs in it, and is waited for meanwhile', async () => {
  const { reflection, seen, trust } = reflect()
  await reflection.listed(pods, '7', 0)
  seen.length = 0

  await reflection.listed([...pods.slice(1), podRecord({ name: 'd' })], '9', 0)

  expect(seen).toEqual(['known, waited for', 'known, waited for'])
  expect([trust(), reflection.counters.missedByWatch]).toEqual(['known, good', 2])
})
