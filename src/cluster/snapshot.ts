import { checkUids } from './check-uids.ts'
import { createClusterState, type ClusterState } from './cluster-state.ts'
import { messageOf } from './error-message.ts'
import { jsonComplaint } from './json-complaint.ts'
import { createListScanner, type ListItem } from './list-scanner.ts'
import { createProjector, isRecordKind, type Projected, type Projector } from './projection.ts'
import { isRawObject } from './raw-value.ts'
import { recordKey, type RecordKind, type Warning } from './records.ts'
import { snapshotBytes } from './snapshot-bytes.ts'

/** A cluster at one moment, read from a file. */
export interface Snapshot {
  readonly state: ClusterState
  readonly warnings: readonly Warning[]
}

export interface SnapshotOptions {
  /** True for a question about one pod, which has an answer on a cluster without nodes too: nowhere. */
  readonly mayLackNodes?: boolean
  /** Told after each piece of the file how many bytes have been read by now, unpacked. */
  readonly onProgress?: (bytes: number) => void
}

/** A snapshot that cannot be used; the message is one sentence for a person: which file, what is wrong, where, what is legal. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError'
}

const OUTPUT = 'the output of `kubectl get nodes,pods,... -A -o json`'

const NOTHING_OF_OURS: Projected = { kind: undefined, record: undefined, warnings: [] }

/**
 * Reads the output of `kubectl get ... -A -o json` from a file, or from standard input when the source is `-`; gzip is recognised. Items are read
 * one at a time, so that the file may be larger than memory. A kind counts as known when at least one of its objects is there and each
 * of them could be read: an empty kind cannot be told from one that was not asked for. Throws a SnapshotError.
 */
export async function readSnapshot(source: string, options: SnapshotOptions = {}): Promise<Snapshot> {
  const name = source === '-' ? 'standard input' : source
  try {
    return await readFrom(source, options)
  } catch (error) {
    if (error instanceof SyntaxError) throw new SnapshotError(`snapshot ${name} ${error.message}`, { cause: error })
    throw error
  }
}

async function readFrom(source: string, { mayLackNodes = false, onProgress }: SnapshotOptions): Promise<Snapshot> {
  const projector = createProjector()
  const state = createClusterState()
  const warnings: Warning[] = []
  const complete = new Map<RecordKind, boolean>()
  // What it was may have been of any kind.
  let isAnyUnreadable = false
  const take = (raw: unknown, listKind: string | undefined, line: number): void => {
    const inner = listIn(raw)
    if (inner !== undefined) {
      for (const item of inner.items) take(item, inner.kind, line)
      return
    }
    const { kind, record, warnings: more } = projectItem(projector, raw, listKind, line)
    warnings.push(...more)
    if (kind === undefined) {
      isAnyUnreadable ||= more.length > 0
      return
    }
    complete.set(kind, (complete.get(kind) ?? true) && record !== undefined)
    if (record === undefined) return
    if (state.get(record.kind, recordKey(record)) !== undefined) {
      throw new SyntaxError(`holds two objects ${record.kind} ${recordKey(record)}, the second at line ${line}; legal is one of each name`)
    }
    state.apply({ type: 'upsert', record })
  }
  const scanner = createListScanner(item => take(parseItem(item), scanner.kindSoFar(), item.line))
  let bytes = 0
  for await (const chunk of snapshotBytes(source)) {
    scanner.push(chunk)
    bytes += chunk.length
    onProgress?.(bytes)
  }
  scanner.end()
  if (!mayLackNodes && state.count('Node') === 0) throw new SyntaxError(`has no nodes; legal is ${OUTPUT}`)
  checkUids(state)
  for (const [kind, readable] of complete) if (readable && !isAnyUnreadable) state.markKnown(kind)
  return { state, warnings }
}

/** A list among the items, as `jq -s` makes one of several files. */
function listIn(raw: unknown): { readonly kind: string; readonly items: readonly unknown[] } | undefined {
  if (!isRawObject(raw)) return undefined
  const { kind, items } = raw
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items) ? { kind, items } : undefined
}

/** Items of a typed list (`PodList`), as the API server sends it, carry no kind of their own. */
function projectItem(projector: Projector, raw: unknown, listKind: string | undefined, line: number): Projected {
  if (!isRawObject(raw) || raw['kind'] !== undefined || listKind === 'List') return projector.project(raw)
  if (listKind === undefined) {
    throw new SyntaxError(`has an item without a \`kind\` at line ${line}, in a list that says none before its items; legal is ${OUTPUT}`)
  }
  const kind = listKind.replace(/List$/, '')
  return isRecordKind(kind) ? projector.projectAs(kind, raw) : NOTHING_OF_OURS
}

function parseItem({ text, index, line }: ListItem): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // The engine tells the place of some mistakes only; of the others we know at least the item.
    const position = /at position (\d+)/.exec(messageOf(error))?.[1]
    const place = position === undefined ? `from line ${line}` : `line ${line + text.slice(0, Number(position)).split('\n').length - 1}`
    throw new SyntaxError(`is not JSON in items[${index}], ${place}: ${jsonComplaint(error)}`, { cause: error })
  }
}
