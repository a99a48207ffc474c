import { jsonPieces, yamlPieces } from '../reporting/structured-output.ts'
import type { OutputOptions } from './options.ts'

/** How one result is shown: as an object for programs, as text for people. */
export interface Renderings<T> {
  structured(result: T): object
  text(result: T, options: { readonly wide: boolean; readonly headers: boolean; readonly width: number }): string
}

const DEFAULT_WIDTH = 80

/** Writes a result to stdout in the chosen format; to nobody once the reader has left, as `head` does. */
export function print<T>(result: T, options: OutputOptions, renderings: Renderings<T>): void {
  const { stdout } = process
  for (const piece of pieces(result, options, renderings)) {
    if (stdout.destroyed) return
    stdout.write(piece)
  }
}

function pieces<T>(result: T, { output, headers }: OutputOptions, renderings: Renderings<T>): Iterable<string> {
  switch (output) {
    case 'json':
      return jsonPieces(renderings.structured(result))
    case 'yaml':
      return yamlPieces(renderings.structured(result))
    case 'table':
    case 'wide':
      return [renderings.text(result, { wide: output === 'wide', headers, width: process.stdout.columns ?? DEFAULT_WIDTH })]
  }
}

/** Says something that is not the result. */
export function warn(message: string): void {
  process.stderr.write(`warning: ${message}\n`)
}
