import { readFileSync } from 'node:fs'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { parse } from 'yaml'
import { codeOf, fileTrouble, messageOf } from '../cluster/error-message.ts'
import { isRawObject } from '../cluster/raw-value.ts'
import { fieldsOf } from './json.ts'
import type { Fields } from './json.ts'
import { KubeconfigError } from './kubeconfig-error.ts'

/** Where a kubeconfig keeps its named entries: the list, and the field of an entry that holds what the name stands for. */
type Section = 'clusters' | 'users' | 'contexts'

/** A kubeconfig as it is read by kubectl: entries by name, paths absolute. */
export interface Kubeconfig {
  readonly clusters: ReadonlyMap<string, Fields>
  readonly users: ReadonlyMap<string, Fields>
  readonly contexts: ReadonlyMap<string, Fields>
  readonly currentContext: string
}

/** Entries that hold a path relative to the file they are written in (clientcmd/loader.go, 1.36). */
const PATHS = {
  clusters: ['certificate-authority'],
  users: ['client-certificate', 'client-key', 'tokenFile'],
  contexts: [],
} as const satisfies Record<Section, readonly string[]>

/** Reads one file; undefined when it does not exist. */
export function readKubeconfig(file: string): Kubeconfig | undefined {
  let content: string
  try {
    content = readFileSync(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new KubeconfigError(`kubeconfig ${file} ${fileTrouble(error)}`)
  }
  return parseKubeconfig(content, file)
}

/** @param file where the text comes from, for messages and for relative paths */
function parseKubeconfig(content: string, file: string): Kubeconfig {
  let raw: unknown
  try {
    raw = parse(content)
  } catch (error) {
    // The parser goes on, after a colon, with the lines in question.
    const [what = ''] = messageOf(error).split(':\n', 1)
    throw new KubeconfigError(`kubeconfig ${file} is not valid YAML: ${what}`)
  }
  if (raw === null || raw === undefined) raw = {}
  if (!isRawObject(raw))
    throw new KubeconfigError(`kubeconfig ${file} is not a kubeconfig: expected a mapping with clusters, users and contexts`)
  const current = raw['current-context']
  return {
    clusters: readSection(raw, 'clusters', 'cluster', file),
    users: readSection(raw, 'users', 'user', file),
    contexts: readSection(raw, 'contexts', 'context', file),
    currentContext: typeof current === 'string' ? current : '',
  }
}

/** Lays files over each other: the first to define a name, or the current context, wins. */
export function mergeKubeconfigs(files: readonly Kubeconfig[]): Kubeconfig {
  const merge = (section: Section): Map<string, Fields> => new Map(files.toReversed().flatMap(file => [...file[section]]))
  return {
    clusters: merge('clusters'),
    users: merge('users'),
    contexts: merge('contexts'),
    currentContext: files.find(file => file.currentContext !== '')?.currentContext ?? '',
  }
}

function readSection(raw: Fields, section: Section, field: string, file: string): Map<string, Fields> {
  const entries = raw[section] ?? []
  if (!Array.isArray(entries)) throw new KubeconfigError(`kubeconfig ${file}: ${section} is not a list`)
  const byName = new Map<string, Fields>()
  for (const [at, entry] of entries.entries()) {
    if (!isRawObject(entry) || typeof entry['name'] !== 'string')
      throw new KubeconfigError(`kubeconfig ${file}: ${section}[${at}] has no name`)
    const value = fieldsOf(entry[field])
    if (!byName.has(entry['name'])) byName.set(entry['name'], withAbsolutePaths(value, PATHS[section], dirname(file)))
  }
  return byName
}

function withAbsolutePaths(value: Fields, paths: readonly string[], folder: string): Fields {
  const absolute: Record<string, unknown> = { ...value }
  for (const path of paths) {
    const relative = value[path]
    if (typeof relative === 'string' && relative !== '' && !isAbsolute(relative)) absolute[path] = join(folder, relative)
  }
  const exec = value['exec']
  if (
    isRawObject(exec) &&
    typeof exec['command'] === 'string' &&
    basename(exec['command']) !== exec['command'] &&
    !isAbsolute(exec['command'])
  ) {
    absolute['exec'] = { ...exec, command: join(folder, exec['command']) }
  }
  return absolute
}
