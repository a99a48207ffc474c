import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

const MAIN = join(import.meta.dirname, '../../src/main.ts')

export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A command of respread as a process of its own, run from source. */
export interface CliProcess {
  readonly ended: Promise<CliResult>
  /** Resolves once stderr has matched. */
  said(pattern: RegExp): Promise<void>
  kill(signal: NodeJS.Signals): void
  /** Reads no more of what it prints, as `head` does. */
  leave(): void
}

export function startCli(
  args: readonly string[],
  { input, env }: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): CliProcess {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, KUBECONFIG: '', NO_COLOR: '1', ...env } })
  // A test that fails must not leave a process behind.
  onTestFinished(() => void child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  const waiting: { readonly pattern: RegExp; readonly resolve: () => void }[] = []
  child.stdout.on('data', (data: Buffer) => {
    stdout += data.toString()
  })
  child.stderr.on('data', (data: Buffer) => {
    stderr += data.toString()
    for (const { pattern, resolve } of waiting) if (pattern.test(stderr)) resolve()
  })
  child.stdin.end(input ?? '')
  return {
    ended: new Promise(resolve => {
      child.on('close', code => resolve({ code, stdout, stderr }))
    }),
    said: pattern =>
      new Promise(resolve => {
        if (pattern.test(stderr)) resolve()
        else waiting.push({ pattern, resolve })
      }),
    kill: signal => void child.kill(signal),
    leave: () => void child.stdout.destroy(),
  }
}

export async function runCli(
  args: readonly string[],
  options: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<CliResult> {
  return await startCli(args, options).ended
}
