import type { Occurrence, Recorder } from './ports.ts'

/** Something that holds at present. `topic` says what it is about; one reason holds for a topic at a time. */
export interface Statement {
  readonly topic: string
  readonly occurrence: Occurrence
  /** All is well: worth saying only where something else was said before. */
  readonly quiet?: boolean
}

/** Tells what holds once per change of reason, not each time it is found to hold. */
export interface Announcer {
  /** Everything that holds now; what is no longer among it is forgotten, so that it is told anew when it comes back. */
  announce(statements: readonly Statement[]): void
}

export function createAnnouncer(recorder: Recorder): Announcer {
  let said = new Map<string, string>()
  return {
    announce: statements => {
      const now = new Map<string, string>()
      const heard = new Set<string>()
      for (const { topic, occurrence, quiet = false } of statements) {
        const before = said.get(topic)
        const text = `${occurrence.reason}: ${occurrence.message}`
        // Two constraints of one workload may have the same to say.
        if (before !== occurrence.reason && !(quiet && before === undefined) && !heard.has(text)) recorder.record(occurrence)
        heard.add(text)
        if (!quiet) now.set(topic, occurrence.reason)
      }
      said = now
    },
  }
}
