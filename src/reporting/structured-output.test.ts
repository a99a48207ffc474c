import { describe, expect, it } from 'vitest'
import * as fc from 'fast-check'
import { parse } from 'yaml'
import { jsonPieces, yamlPieces } from './structured-output.ts'

const UNITS = ['a', '-', ': ', '#', '\n', '\t', '"', "'", '\u001b', '\u007f', '\u009b', '\u202e', '\u2028', '\uffff', '😀']
const text = fc.string({ unit: fc.constantFrom(...UNITS, '\\') })
// No backslash: JSON.parse of Node 24 reads the key "\t" as "\\" where an object before it had that one. No name in Kubernetes has any.
const key = fc.string({ unit: fc.constantFrom(...UNITS) })
const jsonText = (value: object): string => [...jsonPieces(value)].join('')
const yamlText = (value: object): string => [...yamlPieces(value)].join('')

const value = fc.dictionary(
  fc.constantFrom('name', 'items', 'y', 'é'),
  fc.oneof(text, fc.array(fc.oneof(text, fc.dictionary(key, fc.array(text)))), fc.dictionary(key, text), fc.integer(), fc.constant(null)),
)

/** Its lines without their texts. */
const layoutOf = (json: string): readonly string[] => json.split('\n').map(line => line.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""'))

describe('JSON and YAML', () => {
  it('say the same as the value, in printable ASCII alone', () => {
    fc.assert(
      fc.property(value, given => {
        const plain = JSON.parse(JSON.stringify(given))
        const json = jsonText(given)
        const yaml = yamlText(given)
        expect(JSON.parse(json)).toEqual(plain)
        expect(layoutOf(json)).toEqual(layoutOf(`${JSON.stringify(given, undefined, 2)}\n`))
        expect(parse(yaml)).toEqual(plain)
        expect(parse(yaml, { version: '1.1' })).toEqual(plain)
        expect(json + yaml).not.toMatch(/[^\x20-\x7e\n]/)
      }),
    )
  })

  it('look as in kubectl', () => {
    const report = { kind: 'RebalanceReport', groups: [{ name: 'a', reachableBound: null }], empty: [] }
    expect(jsonText(report)).toBe(
      '{\n  "kind": "RebalanceReport",\n  "groups": [\n    {\n      "name": "a",\n      "reachableBound": null\n    }\n  ],\n  "empty": []\n}\n',
    )
    expect(yamlText(report)).toBe('kind: RebalanceReport\ngroups:\n  - name: a\n    reachableBound: null\nempty: []\n')
  })

  it('come in pieces no longer than an element of a list', () => {
    const report = { kind: 'RebalanceReport', groups: Array.from({ length: 1_000 }, (_, at) => ({ name: `group-${at}` })) }

    for (const pieces of [jsonPieces(report), yamlPieces(report)]) {
      const lengths = Array.from(pieces, piece => piece.length)
      expect(lengths.length).toBeGreaterThan(1_000)
      expect(Math.max(...lengths)).toBeLessThan(60)
    }
  })

  it('quote what another YAML reader would take for a boolean', () => {
    expect(yamlText({ zone: 'yes', y: 'on' })).toBe('zone: "yes"\n"y": "on"\n')
  })
})
