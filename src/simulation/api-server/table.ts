import type { RawObject } from '../object-store.ts'
import type { MediaRequest } from './accept.ts'
import type { ApiRequest } from './api-request.ts'
import { columnsOf } from './table-columns.ts'

type TableRequest = Extract<MediaRequest, { as: 'table' }>

/** Rows in one piece of a long table. */
const ROWS_A_PIECE = 500

/** A meta.k8s.io Table, as kubectl get asks for: what people read, made by the server. */
export function* tableChunks(
  request: ApiRequest,
  media: TableRequest,
  objects: readonly RawObject[],
  metadata: object,
  now: number,
): Generator<string> {
  yield `${tableHead(request, media, metadata, true)},"rows":[`
  for (let at = 0; at < objects.length; at += ROWS_A_PIECE) {
    const rows = objects.slice(at, at + ROWS_A_PIECE).map(object => rowText(request, object, now))
    yield (at > 0 ? ',' : '') + rows.join(',')
  }
  yield ']}'
}

/** The table of one object: of a get, and of each event of a watch, where only the first says what the columns are. */
export function tableText(request: ApiRequest, media: TableRequest, object: RawObject, now: number, withColumns = true): string {
  const { resourceVersion } = object.metadata
  return `${tableHead(request, media, { resourceVersion }, withColumns)},"rows":[${rowText(request, object, now)}]}`
}

/** Without the closing brace, so that rows can follow. */
function tableHead({ type }: ApiRequest, { version }: TableRequest, metadata: object, withColumns: boolean): string {
  const columnDefinitions = columnsOf(type).map(({ name, kind, wide }) => ({
    name,
    type: kind,
    format: name === 'Name' ? 'name' : '',
    description: '',
    priority: wide === true ? 1 : 0,
  }))
  const apiVersion = `meta.k8s.io/${version}`
  return JSON.stringify({ kind: 'Table', apiVersion, metadata, columnDefinitions: withColumns ? columnDefinitions : null }).slice(0, -1)
}

function rowText({ type, query }: ApiRequest, stored: RawObject, now: number): string {
  const object = type.present(stored)
  const cells = columnsOf(type).map(column => column.cell(object, now))
  return JSON.stringify({ cells, object: rowObject(object, query.get('includeObject') ?? 'Metadata') })
}

function rowObject(object: RawObject, include: string): unknown {
  switch (include) {
    case 'None':
      return undefined
    case 'Object':
      return object
    default:
      return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata }
  }
}
