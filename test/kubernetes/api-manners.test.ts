import { afterEach, describe, expect, it } from 'vitest'
import { CLUSTER_RESOURCES } from '../../src/kubernetes/resources.ts'
import { watchStore, type WatchedStore } from '../support/watched-store.ts'

const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function open(...args: Parameters<typeof watchStore>): Promise<WatchedStore> {
  const world = await watchStore(...args)
  closing.push(() => world.close())
  return world
}

const KINDS = CLUSTER_RESOURCES.length

/** Times between the requests for pods from the one of that number on, in milliseconds. */
function waitsOf({ asked }: WatchedStore, from: number): readonly number[] {
  const times = asked.filter(({ resource }) => resource === 'pods').map(({ at }) => at)
  return times.slice(from).map((at, index) => at - (times[from + index - 1] ?? 0))
}

describe('a server under load', { timeout: 30_000 }, () => {
  it('is asked once for each kind, however many look at it', async () => {
    const world = await open(20)

    await world.connect()

    expect(world.asked.map(({ what }) => what)).toEqual(Array.from({ length: KINDS }, () => 'stream'))
  })

  it.each([
    ['a streamed list', true, 'stream stream'],
    ['a list', false, 'stream list list'],
  ])('that throttles %s (429 of priority and fairness) is left alone as long as it asks', async (_, watchList, sequence) => {
    const world = await open(20, { watchList })
    world.server.faults.next({ verb: watchList ? 'watch' : 'list', resource: 'pods' }, { kind: 'throttle', retryAfterSeconds: 17 })

    await world.connect()

    expect(world.askedOfPods()).toContain(sequence)
    expect(Math.max(...waitsOf(world, 1))).toBeGreaterThanOrEqual(17_000)
  })

  it('that throttles a watch (429 of priority and fairness) is left alone as long as it asks', async () => {
    const world = await open(20)
    await world.connect()

    world.server.faults.next({ verb: 'watch', resource: 'pods' }, { kind: 'throttle', retryAfterSeconds: 17 })
    world.server.faults.damageWatches({ resource: 'pods' }, 'reset')
    await world.passUntil(() => world.askedOfPods() === 'stream watch watch')

    expect(waitsOf(world, 2)[0]).toBeGreaterThanOrEqual(17_000)
  })

  it('that throttles again and again is asked less and less often', async () => {
    const world = await open(20)
    world.server.faults.next({ verb: 'watch', resource: 'pods' }, { kind: 'throttle', retryAfterSeconds: 0 }, 4)

    await world.connect()

    const waits = waitsOf(world, 1)
    expect(waits).toHaveLength(4)
    for (const [index, wait] of waits.entries()) expect(wait).toBeGreaterThanOrEqual(800 * 2 ** index)
  })
})

describe('a server that comes back', { timeout: 30_000 }, () => {
  it('with its versions: nothing is listed again', async () => {
    const world = await open(20)
    const view = await world.connect()

    await world.restart()
    const from = world.asked.length
    await world.passUntil(() => new Set(world.asked.slice(from).map(({ resource }) => resource)).size === KINDS)

    expect(new Set(world.asked.slice(from).map(({ what }) => what))).toEqual(new Set(['watch']))
    expect(view.counters().map(({ counters }) => counters.lists)).toEqual(Array.from({ length: KINDS }, () => 1))
  })

  it('having forgotten every version: each kind is listed again at its own time', async () => {
    const world = await open(20)
    const view = await world.connect()
    const from = world.asked.length

    await world.restart()
    world.server.faults.expireEverything()
    await world.passUntil(() => view.counters().every(({ counters }) => counters.lists === 2))

    const lists = world.asked.slice(from).filter(({ what }) => what === 'stream')
    expect(lists).toHaveLength(KINDS)
    const times = lists.map(({ at }) => at)
    // A second and more lies between the first and the last; of any tenth of a second no more than a few are asked.
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(1_000)
    expect(
      Math.max(
        ...Map.groupBy(times, at => Math.trunc(at / 100))
          .values()
          .map(({ length }) => length),
      ),
    ).toBeLessThanOrEqual(KINDS / 3)
  })
})
