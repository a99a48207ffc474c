import { basename } from 'node:path'
import { Command, CommanderError } from 'commander'
import { VERSION } from './version.ts'
import { isReportableError } from './reportable-error.ts'
import { UsageError } from './errors.ts'
import { addDemo } from './demo.ts'
import { SKEW_REMAINS } from './exit-codes.ts'
import { addExplain } from './explain.ts'
import { heedLostOutput } from './lost-output.ts'
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
  heedLostOutput(program.name())
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
    .addHelpText('after', `\nExit codes: 0 done, 1 an error, 2 a wrong command line; ${SKEW_REMAINS} with --exit-code while\nskew remains.`)
  addReport(program, exit)
  addExplain(program, exit)
  addOnce(program, exit)
  addRun(program, exit)
  addDemo(program, exit)
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride(error => complain(error, command, program))
      .showHelpAfterError(false)
      .showSuggestionAfterError(true)
      .allowExcessArguments(false)
    command.configureOutput({ writeErr: () => {} })
  }
  return program
}

/** Called as a kubectl plugin, it speaks of itself as kubectl does. */
function nameFor(path: string | undefined): string {
  return basename(path ?? '').startsWith('kubectl-') ? 'kubectl respread' : 'respread'
}

/** @throws UsageError that says what is wrong and where it stands what is legal; CommanderError where somebody asked for help and has it */
function complain(error: CommanderError, command: Command, program: Command): never {
  if (error.exitCode === 0) throw error
  const help = `${command === program ? '' : `${program.name()} `}${command.name()} --help`
  switch (error.code) {
    case 'commander.help':
      throw new UsageError(`name a command, one of ${COMMANDS}; see ${help}`)
    case 'commander.unknownCommand':
      throw new UsageError(`${oneLine(error.message)}; the commands are ${COMMANDS}`)
    case 'commander.missingArgument':
      throw new UsageError(`${oneLine(error.message)}: ${command.registeredArguments[0]?.description ?? ''}`)
    case 'commander.unknownOption':
    case 'commander.excessArguments':
      throw new UsageError(`${oneLine(error.message)}; see ${help}`)
    default:
      throw new UsageError(oneLine(error.message))
  }
}

const COMMANDS = 'report, explain, once, run and demo'

// Commander puts its suggestion on a line of its own.
function oneLine(message: string): string {
  return message
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim()
    .replace(/\.$/, '')
}

function failure(error: unknown, name: string): number {
  if (error instanceof CommanderError) return error.exitCode
  if (!isReportableError(error)) throw error
  console.error(`${name}: ${error.message}`)
  return error instanceof UsageError ? 2 : 1
}
