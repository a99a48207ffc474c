import { isRawObject } from '../../cluster/raw-value.ts'
import { badRequest } from './status.ts'

/** Where a list in pages goes on: at which resourceVersion (-1: at the latest), and after which key (pkg/storage/continue.go). */
export interface ContinueToken {
  readonly resourceVersion: number
  /** `namespace/name` or `name`; the next page begins after it. */
  readonly after: string
}

const VERSION = 'meta.k8s.io/v1'

/** @param namespace of a list of one namespace, whose tokens leave it out */
export function encodeContinue({ resourceVersion, after }: ContinueToken, namespace: string | undefined): string {
  const start = `${namespace === undefined ? after : after.slice(namespace.length)}\0`
  return Buffer.from(JSON.stringify({ v: VERSION, rv: resourceVersion, start })).toString('base64url')
}

/** @throws StatusError 400 for what is no token of this server */
export function decodeContinue(token: string, namespace: string | undefined): ContinueToken {
  const { v, rv, start } = parsed(token)
  if (v !== VERSION) throw invalidToken(`server does not recognize this encoded version ${JSON.stringify(v ?? '')}`)
  if (typeof rv !== 'number' || rv === 0) throw invalidToken(`incorrect encoded start resourceVersion (version ${VERSION})`)
  if (typeof start !== 'string' || start === '') throw invalidToken(`encoded start key empty (version ${VERSION})`)
  const key = start.endsWith('\0') ? start.slice(0, -1) : start
  return { resourceVersion: rv, after: namespace === undefined ? key : `${namespace}${key}` }
}

function parsed(token: string): Readonly<Record<string, unknown>> {
  const text = Buffer.from(token, 'base64url').toString()
  try {
    const value: unknown = JSON.parse(text)
    if (isRawObject(value)) return value
  } catch {
    // Said below, in the words of Go's decoder.
  }
  if (text === '') throw invalidToken('unexpected end of JSON input')
  throw invalidToken(`invalid character '${text.charAt(0)}' looking for beginning of value`)
}

function invalidToken(why: string): Error {
  return badRequest(`invalid continue token: continue key is not valid: ${why}`)
}
