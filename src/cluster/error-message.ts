/** What an error says, without its stack: for the end of a sentence. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** What the system calls it, such as `ENOENT`; undefined where it has no name. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

const FILE_TROUBLES: ReadonlyMap<string | undefined, string> = new Map([
  ['ENOENT', 'does not exist'],
  ['EISDIR', 'is a directory; legal is a file'],
  ['EACCES', 'may not be read by this user'],
])

/** Why a file could not be read, for a sentence that begins with its name. */
export function fileTrouble(error: unknown): string {
  return FILE_TROUBLES.get(codeOf(error)) ?? `cannot be read: ${messageOf(error)}`
}
