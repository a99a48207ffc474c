import { describe, expect, it } from 'vitest'
import { makePod } from '../../test/support/builders.ts'
import { eviction } from '../../test/support/made-up-plans.ts'
import { expectationOf } from './expectations.ts'
import { EMPTY_HISTORY, formatHistory } from './history.ts'
import { createMemory } from './memory.ts'

const planned = eviction(1)
const stored = { ...EMPTY_HISTORY, expectations: [expectationOf(planned, makePod(planned.pod), [], 5)] }

function memoryOver(text: string | undefined) {
  const saved: string[] = []
  const told: string[] = []
  const load = Promise.withResolvers<string | undefined>()
  const store = { load: () => load.promise, save: async (written: string) => void saved.push(written) }
  const memory = createMemory(store, { record: ({ reason }) => void told.push(reason) })
  return { memory, saved, told, load: () => load.resolve(text) }
}

describe('createMemory', () => {
  it('knows nothing of the answer to a request that another process sent', async () => {
    const { memory, load } = memoryOver(formatHistory(stored))
    load()

    expect(await memory.recall(9)).toBeUndefined()
    expect(memory.history.expectations).toMatchObject([{ uid: planned.uid, stage: 'Unanswered', since: 9, evictedAt: 5 }])
  })

  it('starts empty where nothing is stored, and says so where it cannot be read', async () => {
    const [nothing, corrupt] = [memoryOver(undefined), memoryOver('{')]
    for (const { memory, load } of [nothing, corrupt]) {
      load()
      await memory.recall(0)
    }

    expect([nothing.memory.history, corrupt.memory.history]).toEqual([EMPTY_HISTORY, EMPTY_HISTORY])
    expect([nothing.told, corrupt.told]).toEqual([[], ['HistorySetAside']])
  })

  it('does not take for its own what it read while it was told to forget', async () => {
    const { memory, load } = memoryOver(formatHistory(stored))
    const recalled = memory.recall(0)
    memory.forget()
    load()

    expect(await recalled).toBeDefined()
    expect(memory.recalled).toBe(false)
    expect(memory.history).toEqual(EMPTY_HISTORY)
  })

  it('stores what has changed, and only then', async () => {
    const { memory, saved } = memoryOver(undefined)
    await memory.keep()
    memory.history = stored
    await memory.keep()
    memory.history = { ...stored }
    await memory.keep()

    expect(saved).toEqual([formatHistory(stored)])
  })

  it('says why it cannot store, and tries again', async () => {
    let broken = true
    const saved: string[] = []
    const save = async (text: string): Promise<void> => {
      if (broken) throw new Error('no such ConfigMap')
      saved.push(text)
    }
    const memory = createMemory({ load: async () => undefined, save }, { record: () => undefined })
    memory.history = stored

    expect(await memory.keep()).toBe('no such ConfigMap')
    broken = false
    expect(await memory.keep()).toBeUndefined()
    expect(saved).toHaveLength(1)
  })
})
