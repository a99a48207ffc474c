import { createCache } from './interner.ts'

/** An exact amount in units of 10^-9, the finest that Kubernetes represents; what is finer is rounded away from zero. */
export interface Quantity {
  readonly nanos: bigint
}

const NANO = 1_000_000_000n
const NANOS_PER_MILLI = 1_000_000n
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)

/** Longer texts, and exponents further out, are no amounts of anything: they would only buy an attacker big-number arithmetic. */
const MAX_TEXT_LENGTH = 100
const MAX_EXPONENT = 100

const DECIMAL_EXPONENTS: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const BINARY_SHIFTS: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n }

// The grammar of apimachinery's resource/quantity.go (1.36): one suffix, either an SI letter, a binary one, or a decimal exponent.
const GRAMMAR = /^([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:([numkMGTPE])|([KMGTPE]i)|[eE]([+-]?\d+))?$/

/** The same few texts recur on every pod of a cluster. */
const parsed = createCache<Quantity | undefined>(4096)

/** Reads a Kubernetes quantity (`1500m`, `.5Gi`, `1e3`); undefined when the text is none. */
export function parseQuantity(text: string | number): Quantity | undefined {
  const key = typeof text === 'number' ? String(text) : text
  if (key.length > MAX_TEXT_LENGTH) return undefined
  return parsed(key, () => parse(key))
}

/** The amount in thousandths, rounded away from zero as Quantity.MilliValue does; saturates at Number.MAX_SAFE_INTEGER. */
export function milliValue(quantity: Quantity): number {
  return roundedUp(quantity.nanos, NANOS_PER_MILLI)
}

/** The amount in whole units, rounded away from zero as Quantity.Value does; saturates at Number.MAX_SAFE_INTEGER. */
export function wholeValue(quantity: Quantity): number {
  return roundedUp(quantity.nanos, NANO)
}

function parse(text: string): Quantity | undefined {
  const match = GRAMMAR.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '', fraction = match[4] ?? '', , decimal, binary, exponent] = match
  let digits = BigInt(whole + fraction)
  let power = 9 - fraction.length
  if (decimal !== undefined) power += DECIMAL_EXPONENTS[decimal] ?? 0
  else if (binary !== undefined) digits <<= BINARY_SHIFTS[binary] ?? 0n
  else if (exponent !== undefined) power += Math.max(-MAX_EXPONENT, Math.min(MAX_EXPONENT, Number(exponent)))
  const nanos = power >= 0 ? digits * 10n ** BigInt(power) : ceilDivide(digits, 10n ** BigInt(-power))
  return { nanos: sign === '-' ? -nanos : nanos }
}

function roundedUp(nanos: bigint, unit: bigint): number {
  const magnitude = ceilDivide(nanos < 0n ? -nanos : nanos, unit)
  const saturated = Number(magnitude > MAX_SAFE ? MAX_SAFE : magnitude)
  return nanos < 0n ? -saturated : saturated
}

/** Division of a dividend that is not negative, rounded up. */
function ceilDivide(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor
}
