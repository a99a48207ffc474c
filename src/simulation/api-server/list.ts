import type { RawObject } from '../object-store.ts'
import { keyOf, lowerBound } from '../sorted-objects.ts'
import type { Answer, ApiContext, ApiRequest } from './api-request.ts'
import { decodeContinue, encodeContinue } from './continue-token.ts'
import { readListOptions, type ListOptions } from './list-options.ts'
import { itemText } from './object-text.ts'
import { readSelection, type Selection } from './selection.ts'
import { apiVersionOf } from '../resource-types.ts'
import { badRequest, expired, StatusError, tooLargeResourceVersion } from './status.ts'
import { tableChunks } from './table.ts'

/** Items in one piece of a long answer: enough to be quick, few enough not to hold everything up. */
const ITEMS_A_PIECE = 500

const INCONSISTENT_HINT =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, ' +
  'or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an ' +
  'inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'

/** The list a page is cut from. */
interface Snapshot {
  readonly objects: readonly RawObject[]
  readonly resourceVersion: number
  /** Position of the page's first candidate. */
  readonly start: number
}

interface Page {
  readonly items: readonly RawObject[]
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string; readonly remainingItemCount?: number }
}

/** GET of a collection: consistent pages (etcd3/store.go GetList and the cacher's snapshots, 1.36). */
export function list(context: ApiContext, request: ApiRequest): Answer {
  const options = readListOptions(request.query, 'list', context.watchList)
  const selection = readSelection(request.type, request.query)
  const page = cutPage(snapshotFor(context, request, options), request.namespace, selection, isOfAnyVersion(options) ? 0 : options.limit)
  if (request.media.as === 'table')
    return { status: 200, body: tableChunks(request, request.media, page.items, page.metadata, context.now()) }
  return { status: 200, body: listChunks(request, page) }
}

/** Answered from the watch cache, which does not look at the limit (cacher ShouldDelegateList, 1.36). */
function isOfAnyVersion({ resourceVersion, match }: ListOptions): boolean {
  return resourceVersion === 0 && match !== 'Exact'
}

function snapshotFor({ store, progress }: ApiContext, { type, namespace }: ApiRequest, options: ListOptions): Snapshot {
  const { continueToken, limit, match, resourceVersion } = options
  if (continueToken !== '') {
    if (resourceVersion !== undefined && resourceVersion !== 0) {
      throw badRequest('specifying resource version is not allowed when using continue')
    }
    const token = decodeContinue(continueToken, namespace)
    const at = token.resourceVersion < 0 ? store.resourceVersion : token.resourceVersion
    if (at > store.resourceVersion) throw tooLargeResourceVersion(at, store.resourceVersion)
    const objects = store.listAt(type.storedAs, at, namespace)
    if (objects === undefined) {
      const inconsistent = encodeContinue({ resourceVersion: -1, after: token.after }, namespace)
      throw new StatusError(410, 'Expired', INCONSISTENT_HINT, undefined, { continue: inconsistent })
    }
    return { objects, resourceVersion: at, start: lowerBound(objects, `${token.after}\0`) }
  }
  if (resourceVersion !== undefined && resourceVersion > store.resourceVersion) {
    throw tooLargeResourceVersion(resourceVersion, store.resourceVersion)
  }
  // Without a match, a limit has always meant "exactly this version" (ValidateListOptions' table of legacy semantics).
  const exact = match === 'Exact' || (match === undefined && limit > 0)
  const at = exact && resourceVersion !== undefined && resourceVersion > 0 ? resourceVersion : store.resourceVersion
  if (resourceVersion === undefined) progress.ask(type.storedAs)
  const objects = store.listAt(type.storedAs, at, namespace)
  if (objects === undefined) throw expired('The resourceVersion for the provided list is too old.')
  return { objects, resourceVersion: at, start: 0 }
}

function cutPage({ objects, resourceVersion, start }: Snapshot, namespace: string | undefined, selection: Selection, limit: number): Page {
  const items: RawObject[] = []
  let position = start
  for (const object of objects.slice(start)) {
    if (limit > 0 && items.length === limit) break
    position += 1
    if (!selection.isSelective || selection.matches(object)) items.push(object)
  }
  const last = objects[position - 1]
  const metadata = { resourceVersion: String(resourceVersion) }
  if (position >= objects.length || last === undefined) return { items, metadata }
  return {
    items,
    metadata: {
      ...metadata,
      continue: encodeContinue({ resourceVersion, after: keyOf(last) }, namespace),
      // With a selector nobody knows how many of the remaining ones match.
      ...(!selection.isSelective && { remainingItemCount: objects.length - position }),
    },
  }
}

function* listChunks({ type }: ApiRequest, { items, metadata }: Page): Generator<string> {
  const head = JSON.stringify({ kind: `${type.kind}List`, apiVersion: apiVersionOf(type), metadata })
  let separator = ''
  yield `${head.slice(0, -1)},"items":[`
  for (let at = 0; at < items.length; at += ITEMS_A_PIECE) {
    const texts = items.slice(at, at + ITEMS_A_PIECE).map(item => itemText(type, item))
    yield separator + texts.join(',')
    separator = ','
  }
  yield ']}'
}
