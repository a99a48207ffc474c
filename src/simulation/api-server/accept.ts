import { notAcceptable } from './status.ts'

/** How the client wants to be answered: with the objects, or as a table for people to read. */
export type MediaRequest = { readonly as: 'objects' } | { readonly as: 'table'; readonly version: string }

const JSON_TYPES: ReadonlySet<string> = new Set(['application/json', 'application/*', '*/*'])

/**
 * The first of the accepted forms that this server has (endpoints/handlers/negotiation).
 * @throws StatusError 406 when it has none of them
 */
export function negotiated(accept: string | undefined): MediaRequest {
  if (accept === undefined || accept.trim() === '') return { as: 'objects' }
  for (const clause of accept.split(',')) {
    const [type = '', ...pairs] = clause.split(';').map(part => part.trim())
    const parameters = new Map(pairs.map(pair => pair.split('=', 2) as [string, string]))
    if (!JSON_TYPES.has(type)) continue
    const as = parameters.get('as')
    if (as === undefined) return { as: 'objects' }
    const version = parameters.get('v') ?? ''
    if (as === 'Table' && parameters.get('g') === 'meta.k8s.io' && (version === 'v1' || version === 'v1beta1'))
      return { as: 'table', version }
  }
  throw notAcceptable()
}
