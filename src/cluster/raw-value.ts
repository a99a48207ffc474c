const LONGEST_SHOWN = 60

export function isRawObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A raw value for a sentence to a person: short, and free of control characters that would act on a terminal. */
export function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value)
  const plain = typeof value === 'string' ? json.slice(1, -1) : json
  const safe = plain.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, character => `\\u{${character.codePointAt(0)?.toString(16)}}`)
  return `\`${safe.length > LONGEST_SHOWN ? `${safe.slice(0, LONGEST_SHOWN)}…` : safe}\``
}
