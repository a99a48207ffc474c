import { monitorEventLoopDelay } from 'node:perf_hooks'
import { collectGarbage } from '../support/collect-garbage.ts'
import { residentMb } from './resident.ts'
import type { Cost } from './scale-messages.ts'

/** How often the event loop is looked at: a turn that takes longer shows in full. Milliseconds. */
const EVERY_MS = 2
const NOW_AND_THEN_MS = 20

/** Watches what this process spends from now on. `bytes` is told how much has been read. */
export interface Probe {
  read(bytes: number): void
  /** Ends it; collects all garbage. */
  cost(): Cost
}

/**
 * Looks at the event loop now and then only, for a process that is mostly idle: to wake every other millisecond takes 1.5 % of a core by itself. A
 * turn may show as much too short as the time between two looks is long.
 */
export function startLightProbe(): Probe {
  const startedAt = performance.now()
  const startCpu = cpuMs()
  let bytes = 0
  const delay = monitorEventLoopDelay({ resolution: NOW_AND_THEN_MS })
  delay.enable()
  return {
    read(more) {
      bytes += more
    },
    cost() {
      delay.disable()
      const [seconds, cpuSeconds] = [(performance.now() - startedAt) / 1000, (cpuMs() - startCpu) / 1000]
      const peakMb = residentMb('peak')
      collectGarbage()
      return {
        seconds,
        cpuSeconds,
        bytes,
        blockMs: delay.max / 1e6 - NOW_AND_THEN_MS,
        blockCpuMs: null,
        peakMb,
        steadyMb: residentMb('now'),
      }
    },
  }
}

export function startProbe(): Probe {
  const startedAt = performance.now()
  const startCpu = cpuMs()
  let lastAt = startedAt
  let lastCpu = startCpu
  let bytes = 0
  let blockMs = 0
  let blockCpuMs = 0
  const look = (): void => {
    const [now, cpu] = [performance.now(), cpuMs()]
    blockMs = Math.max(blockMs, now - lastAt - EVERY_MS)
    blockCpuMs = Math.max(blockCpuMs, cpu - lastCpu)
    lastAt = now
    lastCpu = cpu
  }
  const timer = setInterval(look, EVERY_MS)
  timer.unref()
  return {
    read(more) {
      bytes += more
    },
    cost() {
      look()
      clearInterval(timer)
      const [seconds, cpuSeconds] = [(performance.now() - startedAt) / 1000, (cpuMs() - startCpu) / 1000]
      const peakMb = residentMb('peak')
      collectGarbage()
      return { seconds, cpuSeconds, bytes, blockMs, blockCpuMs, peakMb, steadyMb: residentMb('now') }
    },
  }
}

/** The main thread's alone: the collector's threads and a busy machine do not lengthen it. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
