import type { Call, Fields, Reply } from './exchanges.ts'

/** What differs between two servers by nature, with the value of one for the value of the other. */
export interface Dictionary {
  /** Notes a pair; false when it contradicts an earlier one. */
  learn(recorded: string, actual: string): boolean
  /** The actual value of a recorded one; itself when nothing was learnt of it. */
  translate(recorded: string): string
  /** Replaces everything learnt that stands somewhere in a text. */
  translateText(text: string): string
}

export function createDictionary(): Dictionary {
  const actualOf = new Map<string, string>()
  const recordedOf = new Map<string, string>()
  return {
    learn(recorded, actual) {
      const known = actualOf.get(recorded) ?? actual
      const knownBack = recordedOf.get(actual) ?? recorded
      actualOf.set(recorded, known)
      recordedOf.set(actual, knownBack)
      return known === actual && knownBack === recorded
    },
    translate: recorded => actualOf.get(recorded) ?? recorded,
    translateText: text => text.replaceAll(/[\w-]+/g, word => actualOf.get(word) ?? word),
  }
}

/** The recorded request, as it has to be put to a server that gave other uids, versions and tokens. */
export function translateCall({ path, body, ...call }: Call, dictionary: Dictionary): Call {
  const translated = path.replaceAll(/\b(continue|resourceVersion)=([^&]+)/g, (_, name, value) => `${name}=${dictionary.translate(value)}`)
  return { ...call, path: translated, ...(body !== undefined && { body: translateFields(body, dictionary) }) }
}

/**
 * Every way in which a reply is not the recorded one: paths into it with both values. Uids, versions, tokens and generated names may
 * differ, but the same recorded value must always stand for the same actual one and the other way round. Times need only be times.
 */
export function differences(recorded: Reply, actual: Reply, dictionary: Dictionary): readonly string[] {
  const found: string[] = []

  function differ(path: string, one: unknown, other: unknown): void {
    found.push(`${path}: ${shown(one)} was recorded, got ${shown(other)}`)
  }

  function compare(path: string, one: unknown, other: unknown, parent: Fields): void {
    const key = path.slice(path.lastIndexOf('.') + 1)
    if (typeof one === 'string' && typeof other === 'string') {
      if (!sameText(key, one, other, parent)) differ(path, one, other)
    } else if (isFields(one) && isFields(other)) {
      for (const field of new Set([...Object.keys(one), ...Object.keys(other)])) compare(`${path}.${field}`, one[field], other[field], one)
    } else if (Array.isArray(one) && Array.isArray(other) && one.length === other.length) {
      for (const [at, item] of one.entries()) compare(`${path}[${at}]`, item, other[at], {})
    } else if (one !== other) {
      differ(path, one, other)
    }
  }

  function sameText(key: string, one: string, other: string, parent: Fields): boolean {
    if (key === 'uid' || key === 'resourceVersion' || (key === 'name' && parent['generateName'] !== undefined)) {
      return dictionary.learn(one, other)
    }
    if (key === 'continue') {
      const [recordedToken, actualToken] = [one, other].map(token => JSON.parse(Buffer.from(token, 'base64url').toString()) as Fields)
      dictionary.learn(one, other)
      return (
        recordedToken?.['start'] === actualToken?.['start'] && dictionary.learn(String(recordedToken?.['rv']), String(actualToken?.['rv']))
      )
    }
    if (isTime(one)) return isTime(other)
    return one === other || withoutNumbers(dictionary.translateText(one)) === withoutNumbers(other)
  }

  compare('status', recorded.status, actual.status, {})
  compare('headers', recorded.headers, actual.headers, {})
  compare('body', recorded.body, actual.body, {})
  compare('events', withoutRepeatedBookmarks(recorded.events), withoutRepeatedBookmarks(actual.events), {})
  return found
}

/** A server sends its last bookmark as often as its clock lets it. */
function withoutRepeatedBookmarks(events: Reply['events']): Reply['events'] {
  return events?.filter(({ type }, at) => type !== 'BOOKMARK' || events[at - 1]?.type !== 'BOOKMARK')
}

/** Versions that stand in a message and nowhere else. */
function withoutNumbers(message: string): string {
  return message.replaceAll(/(?<=current: )\d+|(?<=\()\d+(?=\)$)/g, 'N')
}

function translateFields(value: unknown, dictionary: Dictionary): unknown {
  if (Array.isArray(value)) return value.map(item => translateFields(item, dictionary))
  if (!isFields(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => {
      const isGiven = (key === 'uid' || key === 'resourceVersion') && typeof field === 'string'
      return [key, isGiven ? dictionary.translate(field) : translateFields(field, dictionary)]
    }),
  )
}

function shown(value: unknown): string {
  return Array.isArray(value) ? `a list of ${value.length}` : (JSON.stringify(value) ?? 'nothing').slice(0, 200)
}

function isTime(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{6})?Z$/.test(text)
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
