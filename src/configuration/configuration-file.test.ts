import { describe, expect, it } from 'vitest'
import { configurationJsonSchema } from './configuration-file.ts'

describe('the JSON Schema for editors', () => {
  it('is the one in manifests/ (npx vitest run src/configuration -u renews it)', async () => {
    const text = `${JSON.stringify(configurationJsonSchema(), undefined, 2)}\n`
    await expect(text).toMatchFileSnapshot('../../manifests/respread-configuration.schema.json')
  })

  it('requires nothing but apiVersion and kind, and of a window when it opens and for how long', () => {
    expect(JSON.stringify(configurationJsonSchema()).match(/"required":\[[^\]]*\]/g)).toEqual([
      '"required":["schedule","duration"]',
      '"required":["apiVersion","kind"]',
    ])
  })
})
