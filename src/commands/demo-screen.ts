import type { WriteStream } from 'node:tty'
import { liveFrame } from '../reporting/live-frame.ts'
import { liveLines } from '../reporting/live-lines.ts'
import type { LiveView } from '../reporting/live-view.ts'

export interface DemoScreen {
  show(view: LiveView): void
  /** Gives the terminal back. */
  close(): void
}

const HOME = '\u001B[H'
const CLEAR_LINE = '\u001B[K'
const CLEAR_BELOW = '\u001B[J'
const HIDE_CURSOR = '\u001B[?25l'
const SHOW_CURSOR = '\u001B[?25h'
const CLEAR = '\u001B[2J'

/** Redraws one frame in place on a terminal; anywhere else prints a line for each thing that changed. */
export function createDemoScreen(output: WriteStream | (NodeJS.WriteStream & { isTTY?: boolean })): DemoScreen {
  let last: LiveView | undefined
  if (!output.isTTY) {
    return {
      show(view) {
        for (const line of liveLines(last, view)) output.write(`${line}\n`)
        last = view
      },
      close: () => undefined,
    }
  }
  output.write(`${HIDE_CURSOR}${CLEAR}`)
  const colour = process.env['NO_COLOR'] === undefined
  return {
    show(view) {
      const frame = liveFrame(view, { width: Math.min(output.columns, 100), height: output.rows - 1, colour })
      output.write(`${HOME}${frame.replaceAll('\n', `${CLEAR_LINE}\n`)}${CLEAR_BELOW}`)
    },
    close: () => void output.write(SHOW_CURSOR),
  }
}
