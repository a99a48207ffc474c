/** Something that a person has to change: shown as one sentence, exit 1. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError'
}

/** The command line itself is wrong: one sentence that says what is legal, exit 2. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError'
}
