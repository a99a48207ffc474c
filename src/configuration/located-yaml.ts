import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml'
import type { Document, Node, Pair, YAMLError } from 'yaml'
import { messageOf } from '../cluster/error-message.ts'

/** One YAML document, read, that can still say where in the file each value stands. */
export interface LocatedYaml {
  readonly value: unknown
  /**
   * `file:line:column` of the value at the path, or of its key. Where the path leads to nothing (a missing key), that of the nearest parent
   * that is there.
   */
  locate(path: readonly PropertyKey[], part?: 'key' | 'value'): string
}

export type YamlReading = { readonly ok: true; readonly yaml: LocatedYaml } | { readonly ok: false; readonly problems: readonly string[] }

/** Reads a text with exactly one YAML document. Each problem is one line that starts with `file:line:column: `. */
export function readYaml(text: string, fileName: string): YamlReading {
  const lines = new LineCounter()
  // prettyErrors would append its own position and a piece of the source to each message.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const where = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${fileName}:${Math.max(line, 1)}:${Math.max(col, 1)}`
  }
  // A warning is a tag that nothing resolves: its value would be something else than what its writer meant.
  const problems = [...document.errors, ...document.warnings].map(problem => `${where(problem.pos[0])}: ${sentence(problem)}`)
  if (problems.length > 0) return { ok: false, problems }
  let value: unknown
  try {
    value = document.toJS()
  } catch (error) {
    // Aliases that multiply beyond reason, or that contain themselves, show only here.
    return { ok: false, problems: [`${where(0)}: ${messageOf(error)}`] }
  }
  return { ok: true, yaml: { value, locate: (path, part = 'value') => where(offsetOf(document, path, part)) } }
}

function sentence(problem: YAMLError): string {
  // The library's own words advise a programmer, not the one who wrote the file.
  return problem.code === 'MULTIPLE_DOCS' ? 'A second document begins here; the file may hold one only' : problem.message
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[], part: 'key' | 'value'): number {
  let node: Node | null = document.contents
  let offset = node?.range?.[0] ?? 0
  for (const [depth, step] of path.entries()) {
    const child = childOf(document, node, step)
    if (child === undefined) break
    const isLast = depth === path.length - 1
    const target: Node | null = isLast && part === 'key' ? (child.key ?? child.value) : (child.value ?? child.key)
    offset = target?.range?.[0] ?? offset
    node = child.value
  }
  return offset
}

interface Child {
  readonly key: Node | null
  readonly value: Node | null
}

function childOf(document: Document.Parsed, parent: Node | null, step: PropertyKey): Child | undefined {
  const node = isAlias(parent) ? (parent.resolve(document) ?? null) : parent
  if (isSeq<Node>(node)) {
    const item = node.items[Number(step)]
    return item === undefined ? undefined : { key: null, value: item }
  }
  if (!isMap<Node, Node | null>(node)) return undefined
  // toJS() made strings of all keys, so a key is compared by its text.
  const pair = node.items.find((item: Pair<Node, Node | null>) => isScalar(item.key) && String(item.key.value) === String(step))
  return pair && { key: pair.key, value: pair.value }
}
