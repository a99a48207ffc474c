import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { containerStart } from './container.ts'
import type { ClientReport, ServerAnswer, ServerOrder } from './scale-messages.ts'

type AnswerOf<K extends ServerAnswer['kind']> = Extract<ServerAnswer, { readonly kind: K }>
type ReportOf<K extends ClientReport['kind']> = Extract<ClientReport, { readonly kind: K }>

export function startServer(): ChildProcess {
  // It holds every object as it is: 150,000 pods are more than the heap that V8 allows by itself.
  return fork(new URL('./scale-server-process.ts', import.meta.url), [], { execArgv: ['--max-old-space-size=8192'] })
}

/** Starts a program as a container would, or as a shell would. */
export function startClient(program: string, args: readonly string[], how: 'container' | 'shell'): ChildProcess {
  const { flags, env } = how === 'container' ? containerStart() : { flags: [], env: {} }
  return fork(program, args, { execArgv: [...flags], env: { ...process.env, ...env } })
}

export async function ask<K extends ServerAnswer['kind']>(server: ChildProcess, order: ServerOrder, kind: K): Promise<AnswerOf<K>> {
  server.send(order)
  return (await nextMessage(server, kind)) as AnswerOf<K>
}

export async function told<K extends ClientReport['kind']>(client: ChildProcess, kind: K): Promise<ReportOf<K>> {
  return (await nextMessage(client, kind)) as ReportOf<K>
}

async function nextMessage(from: ChildProcess, kind: string): Promise<unknown> {
  const heard = new AbortController()
  try {
    const next = once(from, 'message', { signal: heard.signal })
    const [message] = (await Promise.race([next, endOf(from, kind, heard.signal)])) as [{ readonly kind: string }]
    if (message.kind !== kind) throw new Error(`a process told ${message.kind} instead of ${kind}`)
    return message
  } finally {
    heard.abort()
  }
}

async function endOf(process: ChildProcess, awaited: string, signal: AbortSignal): Promise<never> {
  const [code] = (await once(process, 'exit', { signal })) as [number | null]
  throw new Error(`a process ended with ${String(code)} before it told ${awaited}`)
}
