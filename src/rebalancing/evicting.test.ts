import { expect, it } from 'vitest'
import { clusterOf, makePod } from '../../test/support/builders.ts'
import { createSign } from '../../test/support/stop-sign.ts'
import { eviction, plan } from '../../test/support/made-up-plans.ts'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import { createEvicting } from './evicting.ts'
import type { Decision, LoopState } from './loop-state.ts'
import { createMemory } from './memory.ts'
import type { EvictionOutcome } from './ports.ts'
import { DEFAULT_LOOP_SETTINGS } from './settings.ts'

it('asks for no more than there are slots for: what waits behind slow answers would go out later than it was validated', async () => {
  const clock = createVirtualClock(0)
  const planned = Array.from({ length: 15 }, (_, n) => eviction(n + 1, { pod: `web-${n}`, uid: `web-${n}`, node: 'node-a' }))
  const cluster = clusterOf(planned.map(({ pod }) => makePod(pod, { nodeName: 'node-a' })))
  const recorder = { record: () => undefined }
  const history = { load: async () => undefined, save: async () => undefined }
  const answers: ((outcome: EvictionOutcome) => void)[] = []
  const state: LoopState = {
    memory: createMemory(history, recorder),
    deferrals: [],
    refusals: [],
    stopped: undefined,
    ending: undefined,
    changes: 0,
    renewals: 0,
    tally: { evicted: 0, helped: 0, missed: 0 },
  }
  let rings = 0
  const evicting = createEvicting(
    {
      ports: {
        view: { state: cluster, freshness: () => [], subscribe: () => () => undefined },
        evictor: { evict: () => new Promise(resolve => void answers.push(resolve)) },
        clock,
        rest: () => undefined,
        recorder,
        leadership: { mayAct: () => true, subscribe: () => () => undefined },
        history,
        stopSign: createSign().seenBy(undefined),
      },
      settings: { ...DEFAULT_LOOP_SETTINGS, evictionsPerSecond: 100 },
      state,
    },
    () => (rings += 1),
  )
  const decision = (): Decision => ({
    situation: { now: clock.now(), domainHolds: [], drains: [], workloadHolds: [], inFlight: [], deferred: [], refused: [] },
    plan: plan([], planned),
    admission: { admitted: planned.slice(answers.length), waiting: [] },
    outsideWindows: undefined,
    asOf: state.changes,
  })

  void evicting.send(decision(), decision)
  await clock.advanceAsync(10_000)
  expect(answers).toHaveLength(10)

  answers[0]?.({ kind: 'Accepted' })
  await clock.advanceAsync(0)
  expect(rings).toBe(1)
  void evicting.send(decision(), decision)
  await clock.advanceAsync(10_000)
  expect(answers).toHaveLength(11)
})
