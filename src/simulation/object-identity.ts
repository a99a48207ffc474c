import type { Random } from './random.ts'

/** The alphabet of apimachinery's util/rand: no vowels, none of 0, 1 and 3, so that no word comes out. */
const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'
const SUFFIX_LENGTH = 5
/** names/generate.go: a generated name is at most 63 characters long, the suffix included. */
const LONGEST_BASE = 63 - SUFFIX_LENGTH
const HEX = '0123456789abcdef'
/** The two top bits of the variant octet are 10 (RFC 9562). */
const UUID_VARIANT = '89ab'

/** A name as the API server makes it from `generateName`. */
export function generatedName(base: string, random: Random): string {
  return base.slice(0, LONGEST_BASE) + draw(SUFFIX_ALPHABET, SUFFIX_LENGTH, random)
}

/** A version 4 UUID. */
export function randomUid(random: Random): string {
  const hex = draw(HEX, 30, random)
  const variant = draw(UUID_VARIANT, 1, random)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-${variant}${hex.slice(15, 18)}-${hex.slice(18, 30)}`
}

function draw(alphabet: string, length: number, random: Random): string {
  return Array.from({ length }, () => alphabet.charAt(random.between(0, alphabet.length - 1))).join('')
}
