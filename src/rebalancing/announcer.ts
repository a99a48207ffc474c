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
  /**
   * Everything that holds now; what is no longer among it is forgotten, so that it is told anew when it comes back. Statements that are the same
   * objects as last time cost nothing to speak of.
   */
  announce(statements: readonly Statement[]): void
}

export function createAnnouncer(recorder: Recorder): Announcer {
  let standing: ReadonlySet<Statement> = new Set()
  /** By topic: the reason that was told last. */
  const said = new Map<string, string>()
  /** How many statements that stand have the same to say. */
  const voices = new Map<string, number>()
  const speak = ({ occurrence }: Statement, change: 1 | -1): number => {
    const text = `${occurrence.reason}: ${occurrence.message}`
    const others = voices.get(text) ?? 0
    if (others + change === 0) voices.delete(text)
    else voices.set(text, others + change)
    return others
  }
  return {
    announce: statements => {
      const now = new Set(statements)
      const gone = [...standing].filter(statement => !now.has(statement))
      for (const statement of gone) speak(statement, -1)
      const renewed = new Set<string>()
      for (const statement of now) {
        if (standing.has(statement)) continue
        const { topic, occurrence, quiet = false } = statement
        const before = said.get(topic)
        // Two constraints of one workload may have the same to say.
        const isHeard = speak(statement, 1) > 0
        if (before !== occurrence.reason && !(quiet && before === undefined) && !isHeard) recorder.record(occurrence)
        renewed.add(topic)
        if (quiet) said.delete(topic)
        else said.set(topic, occurrence.reason)
      }
      for (const { topic } of gone) if (!renewed.has(topic)) said.delete(topic)
      standing = now
    },
  }
}
