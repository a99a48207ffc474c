import { jsonText, yamlText } from '../reporting/structured-output.ts'
import type { OutputOptions } from './options.ts'

/** How one result is shown: as an object for programs, as text for people. */
export interface Renderings<T> {
  structured(result: T): object
  text(result: T, options: { readonly wide: boolean; readonly headers: boolean; readonly width: number }): string
}

const DEFAULT_WIDTH = 80

/** Writes a result to stdout in the chosen format. */
export function print<T>(result: T, options: OutputOptions, renderings: Renderings<T>): void {
  const { output } = options
  switch (output) {
    case 'json':
      process.stdout.write(jsonText(renderings.structured(result)))
      return
    case 'yaml':
      process.stdout.write(yamlText(renderings.structured(result)))
      return
    case 'table':
    case 'wide':
      process.stdout.write(
        renderings.text(result, { wide: output === 'wide', headers: options.headers, width: process.stdout.columns ?? DEFAULT_WIDTH }),
      )
  }
}

/** Says something that is not the result. */
export function warn(message: string): void {
  process.stderr.write(`warning: ${message}\n`)
}
