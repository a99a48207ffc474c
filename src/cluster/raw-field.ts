import { NO_LABELS, type Labels } from './labels.ts'
import { isRawObject, shown } from './raw-value.ts'
import { parseTimestamp } from './timestamp.ts'

const NO_PROBLEMS: readonly string[] = []

/** Problems as a record keeps them: nearly every record has none, and then no list of its own either. */
export function listed(problems: ReadonlySet<string>): readonly string[] {
  return problems.size === 0 ? NO_PROBLEMS : [...problems]
}

/**
 * One value of a raw object, with the way that leads to it. Reading it never throws: what cannot be read is noted as a problem (`spec.priority:
 * ...`) and a default takes its place. As in the Go types, null is the same as absent.
 */
export class RawField {
  readonly value: unknown
  private readonly problems: Set<string>
  private readonly parent: RawField | undefined
  private readonly key: string | number

  constructor(value: unknown, problems: Set<string>, parent?: RawField, key: string | number = '') {
    this.value = value
    this.problems = problems
    this.parent = parent
    this.key = key
  }

  get present(): boolean {
    return this.value !== undefined && this.value !== null
  }

  at(key: string): RawField {
    return new RawField(this.object()?.[key], this.problems, this, key)
  }

  /** The same field; notes a problem when it is absent. */
  need(): this {
    if (!this.present) this.note('is missing')
    return this
  }

  /** The items of a list that are not null. */
  items(): readonly RawField[] {
    if (!this.present) return []
    if (!Array.isArray(this.value)) {
      this.refuse('is not a list')
      return []
    }
    return (this.value as readonly unknown[])
      .map((item, index) => new RawField(item, this.problems, this, index))
      .filter(item => item.present)
  }

  entries(): readonly (readonly [key: string, field: RawField])[] {
    const object = this.object()
    return object === undefined ? [] : Object.keys(object).map(key => [key, this.at(key)])
  }

  /** The text, or undefined when there is none to read. */
  text(): string | undefined {
    if (!this.present) return undefined
    if (typeof this.value === 'string') return this.value
    this.refuse('is not a text')
    return undefined
  }

  texts(): readonly string[] {
    return this.items().flatMap(item => item.text() ?? [])
  }

  /** A whole number, which must not be below `minimum`. */
  integer(minimum = Number.MIN_SAFE_INTEGER): number | undefined {
    if (!this.present) return undefined
    if (typeof this.value === 'number' && Number.isSafeInteger(this.value) && this.value >= minimum) return this.value
    const expected = minimum === Number.MIN_SAFE_INTEGER ? 'a whole number' : `a whole number of at least ${minimum}`
    // A quoted number looks like one, since values are shown without quotation marks.
    this.refuse(typeof this.value === 'string' ? `is a text, not ${expected}` : `is not ${expected}`)
    return undefined
  }

  flag(): boolean {
    if (this.present && typeof this.value !== 'boolean')
      this.refuse(typeof this.value === 'string' ? 'is a text, neither true nor false' : 'is neither true nor false')
    return this.value === true
  }

  /** A timestamp, as milliseconds since the epoch. */
  time(): number | undefined {
    const text = this.text()
    if (text === undefined) return undefined
    const time = parseTimestamp(text)
    if (time === undefined) this.refuse('is not a timestamp')
    return time
  }

  choice<T extends string>(legal: readonly T[]): T | undefined {
    if (!this.present) return undefined
    const found = legal.find(word => word === this.value)
    if (found === undefined) this.refuse(`is not legal; legal are ${legal.join(', ')}`)
    return found
  }

  /** An object of texts; entries that are none are left out. */
  labels(): Labels {
    const entries = this.entries()
    if (entries.length === 0) return NO_LABELS
    const labels = new Map<string, string>()
    for (const [key, field] of entries) {
      const text = field.text()
      if (text !== undefined) labels.set(key, text)
    }
    return labels
  }

  /** Notes a problem with this value, in words that follow it. */
  refuse(complaint: string): void {
    this.note(`${shown(this.value)} ${complaint}`)
  }

  /** Notes a problem of this place, as a sentence of its own. */
  note(problem: string): void {
    const path = this.path()
    this.problems.add(path === '' ? problem : `${path}: ${problem}`)
  }

  private object(): Readonly<Record<string, unknown>> | undefined {
    if (!this.present) return undefined
    if (isRawObject(this.value)) return this.value
    this.refuse('is not an object')
    return undefined
  }

  private path(): string {
    if (this.parent === undefined) return ''
    const before = this.parent.path()
    if (typeof this.key === 'number') return `${before}[${this.key}]`
    // A key from outside, such as a label's, may hold anything.
    const key = /^[\w./-]{1,100}$/.test(this.key) ? this.key : `[${shown(this.key)}]`
    return before === '' || key.startsWith('[') ? `${before}${key}` : `${before}.${key}`
  }
}
