import { domainText } from '../planning/domain-text.ts'

/** A domain's name so that it is seen, be it empty; `-` where there is none. */
export function printableDomain(domain: string | undefined): string {
  return printable(domainText(domain))
}

/**
 * The text with everything but printable ASCII written as `\u{...}`. Kubernetes allows nothing else in names and label values, but a snapshot
 * file may hold anything, and a control sequence in it must not reach the terminal.
 */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}
