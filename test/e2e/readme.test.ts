import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startEmbeddedServer, type EmbeddedServer } from '../../src/commands/embedded-server.ts'
import { createWallClock } from '../../src/kubernetes/wall-clock.ts'
import { threeZones } from '../../src/simulation/scenarios/three-zones.ts'
import { startCli } from '../support/cli.ts'

const ROOT = join(import.meta.dirname, '../..')
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
const commands = [...readme.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = '']) => block.trim().split('\n'))

let folder = ''
let server: EmbeddedServer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'respread-readme-'))
  const fixture = readFileSync(join(ROOT, 'test/fixtures/real-cluster/az-c-recovered.json.gz'))
  const pod = /web-857c8c5c44-\w+/.exec(gunzipSync(fixture).toString())?.[0] ?? ''
  writeFileSync(join(folder, 'cluster.json'), gunzipSync(fixture).toString().replaceAll(pod, 'web-0'))
  server = await startEmbeddedServer({ clock: createWallClock(), seed: 1, timings: {}, objects: threeZones() })
})

afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

describe('every command of the README works as written', () => {
  it('starts with the two that do everything on a fresh machine: the demo and the tests', () => {
    expect(commands.slice(0, 2)).toEqual(['npm ci && npm start', 'npm ci && npm test'])
    expect(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))).toMatchObject({
      scripts: { start: 'node dist/main.mjs demo', test: 'vitest run', prepare: 'tsdown' },
    })
  })

  it.each(commands.slice(2))(
    '%s',
    async command => {
      const [npx, name, ...args] = command.split(' ')
      expect([npx, name]).toEqual(['npx', 'respread'])
      const process = startCli(
        args.map(arg => (arg === 'cluster.json' ? join(folder, arg) : arg)),
        { env: { KUBECONFIG: server.kubeconfig } },
      )
      if (args[0] === 'run') {
        await process.said(/"LeaseHeld"/)
        process.kill('SIGTERM')
      }
      const { code, stderr } = await process.ended
      const complaints = stderr.split('\n').filter(line => line !== '' && !line.startsWith('{'))
      expect({ code, complaints }).toEqual({ code: 0, complaints: [] })
    },
    60_000,
  )
})
