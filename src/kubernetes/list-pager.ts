import { createListScanner } from '../cluster/list-scanner.ts'
import { withoutManagedFields } from '../cluster/managed-fields.ts'
import type { Clock, Rest } from '../rebalancing/ports.ts'
import { ApiError, apiError } from './api-error.ts'
import { createBackOff } from './back-off.ts'
import type { BackOff, RandomSource } from './back-off.ts'
import { askedWaitMs, isLasting } from './failures.ts'
import { fieldsOf, textOf } from './json.ts'
import type { Fields } from './json.ts'
import { pause } from './pause.ts'
import { collectionPath } from './resources.ts'
import type { Resource } from './resources.ts'
import type { Transport } from './transport.ts'

export interface ListOptions<T> {
  readonly transport: Transport
  readonly resource: Resource
  /** Reads one raw object, which is then let go. */
  readonly read: (raw: unknown) => T | undefined
  readonly rest: Rest
  readonly clock: Clock
  readonly random: RandomSource
  readonly signal: AbortSignal
  /** How often one page is asked for before its failure is final; default: for ever. */
  readonly attempts?: number
  /** Told of each failure that is tried again. */
  readonly onRetry?: (error: unknown) => void
}

/** A list that is complete: there is none of half a list. */
export interface CompleteList<T> {
  readonly items: readonly T[]
  /** Where to watch from. */
  readonly resourceVersion: string
}

const PAGE_SIZE = '500'
const PAGE_DEADLINE_MS = 60_000
const WHOLE_DEADLINE_MS = 10 * 60_000
/** A list that expired this often while it was read is asked for in one piece, as client-go's pager does (pager.go, 1.36). */
const PAGED_TRIES = 3

/**
 * Lists a whole collection, consistently (no resourceVersion is given, so the server answers with its newest).
 * @throws what failed, when it is lasting or has been tried often enough; the reason of the signal when that aborts
 */
export async function listAll<T>(options: ListOptions<T>): Promise<CompleteList<T>> {
  const backOff = createBackOff(options.random)
  for (let tries = 1; ; tries++) {
    const list = await listPages(options, backOff, tries <= PAGED_TRIES)
    if (list !== 'Expired') return list
  }
}

async function listPages<T>(options: ListOptions<T>, backOff: BackOff, paged: boolean): Promise<CompleteList<T> | 'Expired'> {
  const items: T[] = []
  let resourceVersion = ''
  let next = ''
  do {
    const page = await fetchPage(options, backOff, { ...(paged && { limit: PAGE_SIZE }), ...(next !== '' && { continue: next }) })
    if (page === 'Expired') return page
    if (resourceVersion === '') resourceVersion = page.resourceVersion
    for (const item of page.items) items.push(item)
    next = page.next
  } while (next !== '')
  return { items, resourceVersion }
}

interface Page<T> {
  readonly items: readonly T[]
  readonly resourceVersion: string
  readonly next: string
}

/** One page, asked for again until it comes; Expired when its token is no longer good. */
async function fetchPage<T>(
  options: ListOptions<T>,
  backOff: BackOff,
  parameters: Readonly<Record<string, string>>,
): Promise<Page<T> | 'Expired'> {
  const { resource, clock, signal } = options
  const path = collectionPath(resource, parameters)
  const deadlineMs = parameters['limit'] === undefined ? WHOLE_DEADLINE_MS : PAGE_DEADLINE_MS
  for (let attempt = 1; ; attempt++) {
    try {
      const page = await readPage(options, path, deadlineMs)
      backOff.reset()
      return page
    } catch (error) {
      signal.throwIfAborted()
      // 410: the snapshot that the token points into is compacted; 400: a server of another version does not know the token.
      if (error instanceof ApiError && [400, 410].includes(error.status) && parameters['continue'] !== undefined) return 'Expired'
      if (isLasting(error) || attempt >= (options.attempts ?? Infinity)) throw error
      options.onRetry?.(error)
      await pause(clock, backOff.next(askedWaitMs(error)), signal)
      signal.throwIfAborted()
    }
  }
}

/** Reads the objects of one answer as its bytes come: neither its text nor its raw objects are ever there as a whole. */
async function readPage<T>(options: ListOptions<T>, path: string, deadlineMs: number): Promise<Page<T>> {
  const { transport, resource, read, rest, clock, signal } = options
  const answer = await transport.download(path, { deadlineMs, signal })
  if (!answer.open) throw apiError('GET', path, answer.response, clock.now())
  const items: T[] = []
  const scanner = createListScanner(
    ({ text }) => {
      const item = read(JSON.parse(withoutManagedFields(text)))
      if (item !== undefined) items.push(item)
    },
    { itemsRequired: false },
  )
  let list: Fields
  try {
    for await (const chunk of answer.chunks) {
      scanner.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
      const pause = rest()
      if (pause !== undefined) await pause
    }
    list = scanner.end()
  } catch (error) {
    throw error instanceof SyntaxError ? notAList(resource) : error
  }
  const metadata = fieldsOf(list['metadata'])
  const resourceVersion = textOf(metadata['resourceVersion'])
  if (resourceVersion === '' || !Array.isArray(list['items'] ?? [])) throw notAList(resource)
  return { items, resourceVersion, next: textOf(metadata['continue']) }
}

function notAList(resource: Resource): ApiError {
  const answer = { status: 200, reason: '', causes: [], retryAfterMs: undefined }
  return new ApiError(`cannot list ${resource.plural}: the answer is not a list`, answer)
}
