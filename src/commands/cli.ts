import { basename } from 'node:path'
import { Command, CommanderError } from 'commander'
import { VERSION } from './version.ts'
import { isReportableError } from './reportable-error.ts'
import { UsageError } from './errors.ts'
import { addDemo } from './demo.ts'
import { addExplain } from './explain.ts'
import { addOnce } from './once.ts'
import { addReport } from './report.ts'
import { addRun } from './run.ts'

/** What a command leaves behind: its exit code. */
export type Exit = (code: number) => void

/** Runs the command line; resolves to the exit code once nothing is left to do. */
export async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0
  const exit: Exit = code => {
    exitCode = code
  }
  const program = createProgram(exit, nameFor(argv[1]))
  try {
    await program.parseAsync([...argv])
    return exitCode
  } catch (error) {
    return failure(error, program.name())
  }
}

function createProgram(exit: Exit, name: string): Command {
  const program = new Command(name)
    .description('Puts pods back where their topology spread constraints want them, within every PodDisruptionBudget.')
    .version(VERSION)
    .helpCommand(false)
  addReport(program, exit)
  addExplain(program, exit)
  addOnce(program, exit)
  addRun(program, exit)
  addDemo(program, exit)
  for (const command of [program, ...program.commands]) {
    command.exitOverride().showHelpAfterError(false).showSuggestionAfterError(true).allowExcessArguments(false)
    command.configureOutput({ writeErr: () => {} })
  }
  return program
}

/** Called as a kubectl plugin, it speaks of itself as kubectl does. */
function nameFor(path: string | undefined): string {
  return basename(path ?? '').startsWith('kubectl-') ? 'kubectl respread' : 'respread'
}

function failure(error: unknown, name: string): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    const help = error.code === 'commander.help'
    console.error(
      help ? `${name}: name a command: report, explain, once, run or demo (see ${name} --help)` : `${name}: ${oneLine(error.message)}`,
    )
    return 2
  }
  if (!isReportableError(error)) throw error
  console.error(`${name}: ${error.message}`)
  return error instanceof UsageError ? 2 : 1
}

// Commander puts its suggestion on a line of its own.
function oneLine(message: string): string {
  return message
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim()
}
