import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { milliValue, parseQuantity, wholeValue } from './quantity.ts'

const SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const

describe('parseQuantity', () => {
  it.each([
    ['0', 0, 0],
    ['1', 1000, 1],
    ['100m', 100, 1],
    ['1500m', 1500, 2],
    ['1.5', 1500, 2],
    ['+2', 2000, 2],
    ['-1500m', -1500, -2],
    ['0.0005', 1, 1],
    ['1n', 1, 1],
    ['1000001n', 2, 1],
    ['0.1n', 1, 1],
    ['250u', 1, 1],
    ['1.', 1000, 1],
    ['.5Gi', 536_870_912_000, 536_870_912],
    ['1.5Gi', 1_610_612_736_000, 1_610_612_736],
    ['0.5Ki', 512_000, 512],
    ['1Ki', 1_024_000, 1024],
    ['128974848', 128_974_848_000, 128_974_848],
    ['129e6', 129_000_000_000, 129_000_000],
    ['129M', 129_000_000_000, 129_000_000],
    ['1e3', 1_000_000, 1000],
    ['1E3', 1_000_000, 1000],
    ['1e+3', 1_000_000, 1000],
    ['25e-1', 2500, 3],
    ['0001', 1000, 1],
  ])('%s is %d thousandths and %d whole units', (text, milli, whole) => {
    const quantity = parseQuantity(text)!

    expect(milliValue(quantity)).toBe(milli)
    expect(wholeValue(quantity)).toBe(whole)
  })

  it.each(['1E', '8Ei', '9999P', '1e999999999', '9'.repeat(60)])('%s saturates instead of losing precision', text => {
    expect(milliValue(parseQuantity(text)!)).toBe(Number.MAX_SAFE_INTEGER)
    expect(milliValue(parseQuantity(`-${text}`)!)).toBe(-Number.MAX_SAFE_INTEGER)
  })

  it.each([
    ['', 'nothing'],
    ['+', 'a sign alone'],
    ['.', 'a point alone'],
    ['1e', 'an exponent without digits'],
    ['1e3Gi', 'exponent and suffix'],
    ['1e1.5', 'a fractional exponent'],
    ['1i', 'half a suffix'],
    ['1mi', 'a small binary suffix'],
    ['1K', 'kilo in capitals'],
    ['1ki', 'kibi in small letters'],
    ['1x', 'an unknown suffix'],
    ['1 Gi', 'a blank inside'],
    [' 1', 'a blank before'],
    ['1\n', 'a line break after'],
    ['1.1.1', 'two points'],
    ['--1', 'two signs'],
    ['0x10', 'hexadecimal'],
    ['NaN', 'no number'],
    ['constructor', 'a word'],
    ['1'.repeat(101), 'more digits than any amount has'],
  ])('refuses %j: %s', text => {
    expect(parseQuantity(text)).toBeUndefined()
    expect(parseQuantity(text)).toBeUndefined()
  })

  it('reads JSON numbers as their text', () => {
    expect(milliValue(parseQuantity(0.25)!)).toBe(250)
    expect(wholeValue(parseQuantity(2e21)!)).toBe(Number.MAX_SAFE_INTEGER)
    expect(parseQuantity(Number.NaN)).toBeUndefined()
  })

  it('keeps every integer with every suffix exact', () => {
    const units = (suffix: string): bigint => {
      if (suffix.endsWith('i')) return 1_000_000_000n << BigInt(10 * ('KMGTPE'.indexOf(suffix.charAt(0)) + 1))
      return 10n ** BigInt(3 * ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'].indexOf(suffix))
    }
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.constantFrom(...SUFFIXES), (amount, suffix) => {
        expect(parseQuantity(`${amount}${suffix}`)?.nanos).toBe(amount * units(suffix))
      }),
    )
  })

  it('reads fractions as the exact rational, rounded away from zero at 10^-9', () => {
    fc.assert(
      fc.property(fc.nat(), fc.stringMatching(/^\d{1,20}$/), (whole, fraction) => {
        const scaled = BigInt(`${whole}${fraction}`) * 10n ** 9n
        const divisor = 10n ** BigInt(fraction.length)
        const expected = scaled / divisor + (scaled % divisor === 0n ? 0n : 1n)

        expect(parseQuantity(`${whole}.${fraction}`)?.nanos).toBe(expected)
        expect(parseQuantity(`-${whole}.${fraction}`)?.nanos).toBe(-expected)
      }),
    )
  })

  it('rounds up to thousandths and whole units by less than one', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), nanos => {
        const quantity = parseQuantity(`${nanos}n`)!
        const magnitude = nanos < 0n ? -nanos : nanos
        const whole = BigInt(Math.abs(wholeValue(quantity)))

        expect(whole * 10n ** 9n).toBeGreaterThanOrEqual(magnitude)
        expect((whole - 1n) * 10n ** 9n).toBeLessThan(magnitude === 0n ? 1n : magnitude)
      }),
    )
  })

  it('answers for any text without throwing', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const quantity = parseQuantity(text)
        expect(quantity === undefined || Number.isSafeInteger(milliValue(quantity))).toBe(true)
      }),
    )
  })
})
