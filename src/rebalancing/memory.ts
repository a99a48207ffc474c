import { messageOf } from '../cluster/error-message.ts'
import { EMPTY_HISTORY, formatHistory, parseHistory, type History } from './history.ts'
import type { Expectation } from './expectations.ts'
import { ForeignHistoryError, type HistoryStore, type Recorder } from './ports.ts'

/** The history in use and its stored copy. */
export interface Memory {
  history: History
  /** Whether the store has been read since the last {@link Memory.forget}. */
  readonly recalled: boolean
  /** Reads what an earlier process or holder of the lease left. Returns why it could not. */
  recall(now: number): Promise<string | undefined>
  /** Stores the history if it has changed. Returns why it could not. */
  keep(): Promise<string | undefined>
  /** Another may write from now on: what is in memory must be read anew before it is used again. */
  forget(): void
}

export function createMemory(store: HistoryStore, recorder: Recorder): Memory {
  let kept = formatHistory(EMPTY_HISTORY)
  let recalled = false
  let era = 0
  const memory: Memory = {
    history: EMPTY_HISTORY,
    get recalled() {
      return recalled
    },
    recall: async now => {
      const started = era
      try {
        const text = await store.load()
        // Forgotten while it was read: another may be writing by now.
        if (era !== started) return 'the lease was lost meanwhile'
        memory.history = recovered(read(text, now, recorder), now)
        kept = text ?? formatHistory(EMPTY_HISTORY)
        recalled = true
        return undefined
      } catch (error) {
        return messageOf(error)
      }
    },
    keep: async () => {
      const text = formatHistory(memory.history)
      if (text === kept) return undefined
      try {
        await store.save(text)
        kept = text
        return undefined
      } catch (error) {
        if (error instanceof ForeignHistoryError) memory.forget()
        return messageOf(error)
      }
    },
    forget: () => {
      era += 1
      recalled = false
    },
  }
  return memory
}

function read(text: string | undefined, now: number, recorder: Recorder): History {
  if (text === undefined) return EMPTY_HISTORY
  const parsed = parseHistory(text, now)
  if (parsed.ok) return parsed.history
  recorder.record({
    reason: 'HistorySetAside',
    level: 'warning',
    message: `the stored history cannot be read and is replaced by an empty one: ${parsed.problem}`,
    fields: { beginning: text.slice(0, 200) },
  })
  return EMPTY_HISTORY
}

/** Nobody waits for the answers of another process any more: its requests may have happened or not. */
function recovered(history: History, now: number): History {
  return {
    ...history,
    expectations: history.expectations.map((expectation): Expectation =>
      expectation.stage === 'Requested' ? { ...expectation, stage: 'Unanswered', since: now } : expectation,
    ),
  }
}
