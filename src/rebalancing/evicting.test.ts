import { expect, it } from 'vitest'
import { clusterOf, makePod } from '../../test/support/builders.ts'
import { createSign } from '../../test/support/stop-sign.ts'
import { eviction, plan } from '../../test/support/made-up-plans.ts'
import type { PlannedEviction } from '../planning/plan-types.ts'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import { createEvicting } from './evicting.ts'
import type { Decision, LoopState } from './loop-state.ts'
import { createMemory } from './memory.ts'
import type { EvictionOutcome, Occurrence } from './ports.ts'
import { DEFAULT_LOOP_SETTINGS } from './settings.ts'

/** Evictions to be sent to a server that answers when told to, all of the pods on node-a. */
function sending(planned: readonly PlannedEviction[]) {
  const clock = createVirtualClock(0)
  const cluster = clusterOf(planned.map(({ pod, uid, node }) => makePod(pod, { uid, nodeName: node })))
  const told: Occurrence[] = []
  const recorder = { record: (occurrence: Occurrence) => void told.push(occurrence) }
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
  const rings = { count: 0 }
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
    () => (rings.count += 1),
  )
  const decisionOn = (admitted: readonly PlannedEviction[], all = planned): Decision => ({
    situation: { now: clock.now(), domainHolds: [], drains: [], workloadHolds: [], inFlight: [], deferred: [], refused: [] },
    plan: plan([], all),
    admission: { admitted, waiting: [] },
    outsideWindows: undefined,
    asOf: state.changes,
  })
  return { clock, told, answers, state, rings, evicting, decisionOn }
}

it('asks for no more than there are slots for: what waits behind slow answers would go out later than it was validated', async () => {
  const planned = Array.from({ length: 15 }, (_, n) => eviction(n + 1, { pod: `web-${n}`, uid: `web-${n}`, node: 'node-a' }))
  const { clock, answers, rings, evicting, decisionOn } = sending(planned)
  const decision = (): Decision => decisionOn(planned.slice(answers.length))

  void evicting.send(decision(), decision)
  await clock.advanceAsync(10_000)
  expect(answers).toHaveLength(10)

  answers[0]?.({ kind: 'Accepted' })
  await clock.advanceAsync(0)
  expect(rings.count).toBe(1)
  void evicting.send(decision(), decision)
  await clock.advanceAsync(10_000)
  expect(answers).toHaveLength(11)
})

it('expects and tells the landing of the newest plan, not the one that it was admitted with', async () => {
  const admitted = eviction(1, { toDomain: 'az-c', toDomains: ['az-c'], groups: ['before'] })
  const { clock, told, state, evicting, decisionOn } = sending([admitted])
  const newer = eviction(1, { toDomain: 'az-b', toDomains: ['az-b'], groups: ['newer'] })
  const decision = decisionOn([admitted])
  state.changes += 1

  void evicting.send(decision, () => decisionOn([newer], [newer]))
  await clock.advanceAsync(1_000)
  expect(told).toMatchObject([{ reason: 'Evicting', message: expect.stringMatching(/lands in az-b$/) as string }])
  expect(state.memory.history.expectations).toMatchObject([{ group: 'newer', toDomain: 'az-b', toDomains: ['az-b'] }])
})
