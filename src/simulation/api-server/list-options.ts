import { forbiddenField, invalidObject, notSupported, type FieldError } from './field-errors.ts'
import { isTrue } from './request-info.ts'
import { badRequest } from './status.ts'

/** The parameters of lists and watches, read and checked (apimachinery meta/internalversion/validation). */
export interface ListOptions {
  /** 0: without limit. */
  readonly limit: number
  readonly continueToken: string
  /** undefined: the latest; 0: any. */
  readonly resourceVersion: number | undefined
  readonly match: 'Exact' | 'NotOlderThan' | undefined
  readonly allowWatchBookmarks: boolean
  readonly sendInitialEvents: boolean | undefined
  /** Of a watch; undefined: the server decides. */
  readonly timeoutSeconds: number | undefined
}

/** @throws StatusError 400 for what is no number, 422 for parameters that do not go together */
export function readListOptions(query: URLSearchParams, purpose: 'list' | 'watch', watchList: boolean): ListOptions {
  const sendInitialEvents = query.get('sendInitialEvents')
  const match = query.get('resourceVersionMatch') ?? ''
  const options: ListOptions = {
    limit: wholeNumber(query, 'limit') ?? 0,
    continueToken: query.get('continue') ?? '',
    resourceVersion: wholeNumber(query, 'resourceVersion'),
    match: match === 'Exact' || match === 'NotOlderThan' ? match : undefined,
    allowWatchBookmarks: isTrue(query.get('allowWatchBookmarks')),
    sendInitialEvents: sendInitialEvents === null || sendInitialEvents === '' ? undefined : isTrue(sendInitialEvents),
    timeoutSeconds: wholeNumber(query, 'timeoutSeconds'),
  }
  const errors = purpose === 'list' ? listErrors(options, match) : watchErrors(options, match, watchList)
  if (errors.length > 0) throw invalidObject('meta.k8s.io', 'ListOptions', '', errors)
  // A watch without a version begins with what there is; a server that can say where that ends does so (SetListOptionsDefaults, 1.36).
  const beginsWithAll =
    purpose === 'watch' && watchList && options.sendInitialEvents === undefined && match === '' && !options.resourceVersion
  return beginsWithAll ? { ...options, sendInitialEvents: true } : options
}

function listErrors(options: ListOptions, match: string): readonly FieldError[] {
  const errors: FieldError[] = []
  if (match !== '') {
    if (options.resourceVersion === undefined) {
      errors.push(forbiddenField('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided'))
    }
    errors.push(...matchErrors(options, match, ['Exact', 'NotOlderThan'], ''))
    if (match === 'Exact' && options.resourceVersion === 0) {
      errors.push(forbiddenField('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
    }
  }
  if (options.sendInitialEvents !== undefined) errors.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
  return errors
}

function watchErrors(options: ListOptions, match: string, watchList: boolean): readonly FieldError[] {
  const { sendInitialEvents } = options
  const errors: FieldError[] = []
  if (sendInitialEvents !== undefined && !watchList) {
    const why = 'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled'
    errors.push(forbiddenField('sendInitialEvents', why))
  }
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan') {
    errors.push(forbiddenField('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'))
  }
  if (match !== '') {
    if (sendInitialEvents === undefined) {
      const why = 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'
      errors.push(forbiddenField('resourceVersionMatch', why))
    }
    errors.push(...matchErrors(options, match, ['NotOlderThan']))
  }
  return errors
}

/** @param also what is legal because it is as good as absent */
function matchErrors(options: ListOptions, match: string, legal: readonly string[], ...also: readonly string[]): readonly FieldError[] {
  const errors: FieldError[] = []
  if (options.continueToken !== '') {
    errors.push(forbiddenField('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'))
  }
  if (!legal.includes(match)) errors.push(notSupported('resourceVersionMatch', match, [...legal, ...also]))
  return errors
}

/** @throws StatusError 400 for what is no number */
export function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`${name}: Invalid value: ${JSON.stringify(text)}: must be a whole number, 0 or more`)
  return Number(text)
}
