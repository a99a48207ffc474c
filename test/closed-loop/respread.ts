import type { RunSummary } from '../../src/rebalancing/conclusion.ts'
import { createLoop, type Loop } from '../../src/rebalancing/loop.ts'
import type { Leadership } from '../../src/rebalancing/ports.ts'
import type { LoopSettings } from '../../src/rebalancing/settings.ts'
import { createInProcessView } from '../../src/simulation/ports/in-process-view.ts'
import { MINUTE, type Sender, type World } from './world.ts'
import { createSign } from '../support/stop-sign.ts'

/** A process that moves pods. */
export interface Process {
  /** Ends it in the middle of whatever it does: nothing of it reaches the world any more. */
  kill(): void
  /** Ends it as a SIGTERM does. */
  stop(): Promise<void>
}

/** Starts a process in a world. @param leadership who may act; absent: this process, while it lives */
export type Strategy = (world: World, leadership?: Leadership) => Process

interface RespreadProcess extends Process {
  readonly loop: Loop
}

/** respread, behind the ports that it has in production. @param own settings, where they differ from the world's */
export function startRespread(world: World, leadership?: Leadership, own: Partial<LoopSettings> = {}): RespreadProcess {
  const { loop, kill } = createProcess(world, leadership, own)
  void loop.start()
  return { loop, kill, stop: () => loop.stop() }
}

export const respread: Strategy = (world, leadership) => startRespread(world, leadership)

/** `respread once`: a loop that settles by itself. */
export async function runOnce(world: World, timeoutMs: number): Promise<RunSummary> {
  let summary: RunSummary | undefined
  void createProcess(world)
    .loop.runUntilSettled({ timeoutMs })
    .then(ended => (summary = ended))
  await world.clock.runUntil(() => summary !== undefined, timeoutMs + MINUTE)
  if (summary === undefined) throw new Error('the loop has not settled')
  return summary
}

function createProcess(
  world: World,
  leadership?: Leadership,
  own: Partial<LoopSettings> = {},
): { readonly loop: Loop; readonly kill: () => void } {
  const { clock, mirror, history, policy, settings } = world
  let alive = true
  const never = (): Promise<never> => new Promise(() => {})
  const mayAct = (): boolean => alive && leadership?.mayAct() !== false
  const sender: Sender = {
    get alive() {
      return alive
    },
    aheadAtStart: world.clockAhead,
    mayAct,
  }
  const loop = createLoop(
    {
      clock: { ...clock, now: () => clock.now() + world.clockAhead },
      rest: () => world.rest(),
      view: createInProcessView(mirror, clock),
      evictor: { evict: (request, signal) => (alive ? world.send(request, signal, sender) : never()) },
      recorder: {
        record: occurrence => {
          if (alive) world.tell(occurrence)
        },
      },
      stopSign: createSign().seenBy(clock.now()),
      leadership: { mayAct, subscribe: listener => leadership?.subscribe(listener) ?? (() => undefined) },
      history: {
        load: async () => history.text,
        save: async text => {
          if (!alive) return never()
          history.text = text
          history.saved()
        },
      },
    },
    { prepare: situation => world.planner.prepare(situation), plan: (situation, most) => world.planner.plan(situation, most) },
    policy,
    { ...settings, ...own },
    {
      surplusOf: (plan, situation) => world.surplusOf(plan, situation),
      annotator: {
        setDeletionCost: async (request, signal) => {
          if (!alive) return never()
          world.written.push(request)
          const outcome = await world.annotator.setDeletionCost(request, signal)
          return alive ? outcome : never()
        },
      },
    },
  )
  return {
    loop,
    kill: () => {
      alive = false
    },
  }
}
