import { describe, expect, it } from 'vitest'
import { configurationJsonSchema } from './configuration-file.ts'

describe('the JSON Schema for editors', () => {
  it('is the one in manifests/ (npx vitest run src/configuration -u renews it)', async () => {
    const text = `${JSON.stringify(configurationJsonSchema(), undefined, 2)}\n`
    await expect(text).toMatchFileSnapshot('../../manifests/respread-configuration.schema.json')
  })

  it('says of every setting what it does', () => {
    interface Described {
      readonly description?: string
      readonly properties?: Readonly<Record<string, Described>>
      readonly items?: Described
    }
    const silent = ({ properties = {}, items }: Described, path: string): readonly string[] => [
      ...Object.entries(properties).flatMap(([key, child]) => [
        ...(child.description === undefined ? [`${path}.${key}`] : []),
        ...silent(child, `${path}.${key}`),
      ]),
      ...(items === undefined ? [] : silent(items, path)),
    ]
    expect(silent(configurationJsonSchema(), '')).toEqual(['.apiVersion', '.kind'])
  })

  it('requires nothing but apiVersion and kind, and of a window when it opens and for how long', () => {
    expect(JSON.stringify(configurationJsonSchema()).match(/"required":\[[^\]]*\]/g)).toEqual([
      '"required":["schedule","duration"]',
      '"required":["apiVersion","kind"]',
    ])
  })
})
