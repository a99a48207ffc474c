import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { reviewAccess } from './access-review.ts'
import { forbidden } from './access-rules.ts'
import { negotiated } from './accept.ts'
import type { Answer, ApiContext, ApiRequest } from './api-request.ts'
import { discovery } from './discovery.ts'
import type { Fault, FaultControl } from './faults.ts'
import { readBody } from './request-body.ts'
import { requestInfo, targetOf, type RequestInfo } from './request-info.ts'
import { answerRequest } from './routes.ts'
import { sendAnswer } from './send-answer.ts'
import { noSuchResource, statusAnswer, StatusError } from './status.ts'
import { openWatch } from './watch.ts'

/** Who may ask. */
export interface Admittance {
  /** The bearer token that every request needs; undefined: none. */
  readonly token: string | undefined
  /** Who the client is, in the words of a 403. */
  readonly user: string
}

/** A request as it came in. */
interface Incoming {
  readonly method: string
  readonly pathname: string
  readonly query: URLSearchParams
  readonly contentType: string
  readonly body: string
  readonly accept: string | undefined
  readonly authorization: string | undefined
}

const ACCESS_REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
const OPEN_TO_ALL: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/livez', '/version'])

/** Answers one request, whatever it is; what goes wrong becomes a Status. */
export async function handleRequest(
  context: ApiContext,
  admittance: Admittance,
  faults: FaultControl,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const incoming = await received(message)
    if (!isAuthenticated(incoming, admittance)) throw new StatusError(401, 'Unauthorized', 'Unauthorized')
    const info = requestInfo(incoming.method, incoming.pathname, incoming.query)
    if (info === undefined || incoming.pathname === ACCESS_REVIEWS) await sendAnswer(response, answerElsewhere(context, incoming))
    else await answerResource(context, admittance, faults, incoming, info, response)
  } catch (error) {
    // A client that has gone is nothing to speak of; anything else but a refusal is a mistake in this server.
    if (!(error instanceof StatusError) && !response.destroyed) process.emitWarning(`embedded API server: ${String(error)}`)
    const known = error instanceof StatusError ? error : new StatusError(500, 'InternalError', `Internal error occurred: ${String(error)}`)
    if (response.headersSent) response.destroy()
    else await sendAnswer(response, statusAnswer(known))
  }
}

async function received(message: IncomingMessage): Promise<Incoming> {
  const { method = 'GET', headers, url = '/' } = message
  const [pathname = '/', query = ''] = url.split('?', 2)
  return {
    method,
    pathname,
    query: new URLSearchParams(query),
    contentType: (headers['content-type'] ?? '').replace(/;.*/s, '').trim().toLowerCase(),
    body: await readBody(message),
    accept: headers.accept,
    authorization: headers.authorization,
  }
}

function isAuthenticated({ pathname, authorization }: Incoming, { token }: Admittance): boolean {
  return token === undefined || OPEN_TO_ALL.has(pathname) || authorization === `Bearer ${token}`
}

/** What is no resource with objects: discovery, health, and the question whether one may. */
function answerElsewhere({ access }: ApiContext, incoming: Incoming): Answer {
  const { method, pathname } = incoming
  if (pathname === ACCESS_REVIEWS && method === 'POST') return reviewAccess(access, incoming)
  const found = method === 'GET' ? discovery(pathname) : undefined
  if (found === undefined) throw noSuchResource()
  return found
}

async function answerResource(
  context: ApiContext,
  { user }: Admittance,
  faults: FaultControl,
  incoming: Incoming,
  info: RequestInfo,
  response: ServerResponse,
): Promise<void> {
  const fault = faults.take(info)
  if (fault !== undefined && (await isOver(fault, response))) return
  if (!context.access.isAllowed(info)) throw forbidden(user, info)
  const { query, contentType, body } = incoming
  const request: ApiRequest = { verb: info.verb, ...targetOf(info), query, contentType, body, media: negotiated(incoming.accept) }
  if (info.verb === 'watch' && request.subresource === undefined) {
    openWatch(context, request, { attributes: info, response, fault })
  } else {
    await sendAnswer(response, answerOrRefusal(context, request), fault)
  }
}

/** A refusal is an answer that a fault can befall like any other. */
function answerOrRefusal(context: ApiContext, request: ApiRequest): Answer {
  try {
    return answerRequest(context, request)
  } catch (error) {
    if (error instanceof StatusError) return statusAnswer(error)
    throw error
  }
}

/** Lets happen what happens to a request before anyone looks at it; true when that was all. */
async function isOver(fault: Fault, response: ServerResponse): Promise<boolean> {
  switch (fault.kind) {
    case 'reset':
      response.socket?.resetAndDestroy()
      return true
    case 'throttle':
      await sendAnswer(response, tooManyRequests(fault.retryAfterSeconds))
      return true
    case 'refuse':
      await sendAnswer(response, statusAnswer(fault.error))
      return true
    case 'delay':
      await pause(fault.ms, undefined, { ref: false })
      return false
    case 'stall':
    case 'loseAnswer':
    case 'cutAnswer':
    case 'withholdBookmark':
      return false
  }
}

/** Priority and fairness answers in plain text. */
function tooManyRequests(retryAfterSeconds: number): Answer {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'retry-after': String(retryAfterSeconds) }
  return { status: 429, headers, body: 'Too many requests, please try again later.\n' }
}
