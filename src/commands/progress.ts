/** One line on a terminal that says how far reading has come; nothing anywhere else, and nothing for what is read in a moment. */
export interface Progress {
  /** @param bytes read by now */
  readonly read: (bytes: number) => void
  /** Takes the line away. */
  readonly close: () => void
}

/** What is read quicker needs no explanation. Milliseconds. */
const FIRST_AFTER = 1_000
const AGAIN_AFTER = 200
const MB = 1_000_000
const START_OF_LINE = '\r'
const CLEAR_LINE = '\u001B[K'

/** @param now milliseconds that never jump */
export function createProgress(
  output: { readonly isTTY?: boolean; write(text: string): unknown },
  now: () => number = () => performance.now(),
): Progress {
  let next = now() + FIRST_AFTER
  let shown = false
  return {
    read(bytes) {
      const at = now()
      if (output.isTTY !== true || at < next) return
      next = at + AGAIN_AFTER
      shown = true
      output.write(`${START_OF_LINE}reading: ${Math.trunc(bytes / MB)} MB${CLEAR_LINE}`)
    },
    close() {
      if (shown) output.write(START_OF_LINE + CLEAR_LINE)
    },
  }
}
