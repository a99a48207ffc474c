import type { z } from 'zod'
import type { LocatedYaml } from './located-yaml.ts'
import { nearest } from './nearest.ts'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/**
 * One line for each problem, in the order of the file: where, which field, what was found, what is legal. `schema` is the JSON Schema of
 * the file: it knows the legal keys.
 */
export function describeProblems(issues: readonly Issue[], yaml: LocatedYaml, schema: object): readonly string[] {
  return issues.flatMap(issue => describe(issue, yaml, schema)).sort(byPlace)
}

function describe(issue: Issue, yaml: LocatedYaml, schema: object): readonly string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => {
      const path = [...issue.path, key]
      return `${yaml.locate(path, 'key')}: ${pathText(path)}: unknown key; ${suggestion(key, issue.path, schema)}`
    })
  }
  if (issue.code === 'invalid_key') {
    const legal = issue.issues[0]?.message ?? 'another key'
    return [`${yaml.locate(issue.path, 'key')}: ${pathText(issue.path)}: found the key ${shown(issue.path.at(-1))}, expected ${legal}`]
  }
  const where = `${yaml.locate(issue.path)}: ${pathText(issue.path)}`
  if (issue.code === 'custom') return [`${where}: ${issue.message}`]
  const found = valueAt(yaml.value, issue.path)
  return [`${where}: ${found === undefined ? 'missing' : `found ${shown(found)}`}, expected ${legalWords(issue)}`]
}

/** The fields say themselves what is legal; zod's own words remain only for what has no field: sections, lists and fixed texts. */
function legalWords(issue: Issue): string {
  if (issue.code === 'invalid_value') return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`
  if (issue.code === 'invalid_type' && (issue.expected === 'object' || issue.expected === 'record'))
    return 'a mapping (lines of "key: value")'
  if (issue.code === 'invalid_type' && issue.expected === 'array') return 'a list'
  return issue.message
}

function suggestion(key: string, parent: Path, schema: object): string {
  const known = knownKeys(schemaAt(schema, parent))
  const legal = `legal here: ${known.join(', ')}`
  const sibling = nearest(key, known)
  if (sibling !== undefined) return `did you mean ${sibling}? ${legal}`
  const elsewhere = keyPaths(schema).find(path => path.at(-1)?.toLowerCase() === key.toLowerCase())
  return elsewhere === undefined ? legal : `did you mean ${elsewhere.join('.')}? ${legal}`
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, ObjectSchema>>
  /** Of a list. */
  readonly items?: ObjectSchema
}

function schemaAt(schema: ObjectSchema, path: Path): ObjectSchema {
  return path.reduce<ObjectSchema>((at, step) => at.properties?.[String(step)] ?? at.items ?? {}, schema)
}

function knownKeys(schema: ObjectSchema): readonly string[] {
  return Object.keys(schema.properties ?? {})
}

function keyPaths(schema: ObjectSchema, above: readonly string[] = []): readonly (readonly string[])[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, child]) => [[...above, key], ...keyPaths(child, [...above, key])])
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, step) => (typeof at === 'object' && at !== null ? Reflect.get(at, step) : undefined), value)
}

function shown(value: unknown): string {
  if (value === null) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

function pathText(path: Path): string {
  const text = path.reduce<string>((above, step) => (typeof step === 'number' ? `${above}[${step}]` : `${above}.${keyText(step)}`), '')
  return text === '' ? 'the file' : text.replace(/^\./, '')
}

/** Keys that hold dots or worse (topology keys, mistakes) are quoted. */
function keyText(key: PropertyKey): string {
  const text = String(key)
  return /^[A-Za-z][A-Za-z0-9]*$/.test(text) ? text : JSON.stringify(text)
}

function byPlace(one: string, other: string): number {
  const [oneLine = 0, oneColumn = 0] = place(one)
  const [otherLine = 0, otherColumn = 0] = place(other)
  return oneLine - otherLine || oneColumn - otherColumn
}

function place(problem: string): readonly number[] {
  return (/:(\d+):(\d+): /.exec(problem) ?? []).slice(1).map(Number)
}
