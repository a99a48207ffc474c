import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rawNode, workload } from '../support/spread-world.ts'
import { runCli } from '../support/cli.ts'

let folder = ''
const path = (name: string): string => join(folder, name)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'respread-cli-'))
  const node = rawNode({ name: 'a0', zone: 'a' })
  const list = (items: readonly unknown[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
  const pods = workload({ name: 'web', on: ['a0'] })
  const bad = workload({ name: 'odd', on: ['a0'], cpu: '1x' })
  writeFileSync(path('text.json'), 'NAME READY')
  writeFileSync(path('short.json'), list([node, ...pods]).slice(0, -40))
  writeFileSync(path('pod.json'), JSON.stringify(pods.at(-1)))
  writeFileSync(path('no-nodes.json'), list(pods))
  writeFileSync(path('twice.json'), list([node, ...pods, pods.at(-1)]))
  writeFileSync(path('odd.json'), list([node, ...pods, ...bad]))
  writeFileSync(path('good.json'), list([node, ...pods]))
  writeFileSync(
    path('kubeconfig'),
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      contexts: [{ name: 'prod', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:1' } }],
      users: [{ name: 'u', user: {} }],
      'current-context': 'prod',
    }),
  )
  writeFileSync(
    path('config.yaml'),
    'apiVersion: respread.io/v1alpha1\nkind: RespreadConfiguration\nlimits:\n  inFlight:\n    perNode: 0\ntimings:\n  tick: 1s\n',
  )
})

afterAll(() => rmSync(folder, { recursive: true }))

describe('bad input: one sentence that says what and where, no stack trace', () => {
  it.each<[string, string[], number, RegExp]>([
    ['a snapshot that is not JSON', ['report', '--snapshot', 'text.json'], 1, /text\.json.*JSON/],
    ['a snapshot cut short', ['report', '--snapshot', 'short.json'], 1, /short\.json.*(cut short|ends)/],
    ['a snapshot that is no List', ['report', '--snapshot', 'pod.json'], 1, /pod\.json.*List/],
    ['a snapshot without nodes', ['report', '--snapshot', 'no-nodes.json'], 1, /no-nodes\.json.*node/],
    ['a snapshot with two objects of one name', ['report', '--snapshot', 'twice.json'], 1, /shop\/web-0/],
    ['two snapshots', ['report', '--snapshot', 'good.json', '--snapshot', 'good.json'], 2, /--snapshot.*It takes one file/],
    ['a snapshot that does not exist', ['report', '--snapshot', 'none.json'], 1, /none\.json.*does not exist/],
    ['a snapshot and a cluster', ['report', '--snapshot', 'good.json', '--context', 'prod'], 2, /--snapshot.*--context/],
    ['one namespace and all', ['report', '-n', 'shop', '-A'], 2, /--namespace.*--all-namespaces/],
    ['a kubeconfig that is a directory', ['report', '--kubeconfig', '.'], 1, /kubeconfig \. is a directory/],
    ['a configuration that is one', ['report', '--snapshot', 'good.json', '--config', '.'], 1, /--config: \. is a directory/],
    ['a kubeconfig that does not exist', ['report', '--kubeconfig', 'none'], 1, /none does not exist/],
    ['an unknown context', ['report', '--kubeconfig', 'kubeconfig', '--context', 'dev'], 1, /dev.*prod/],
    ['a server that is not there', ['report', '--kubeconfig', 'kubeconfig'], 1, /127\.0\.0\.1:1/],
    ['an unknown flag', ['report', '--snapshotx', 'good.json'], 2, /--snapshotx.* see respread report --help/],
    ['an unknown command', ['reprot'], 2, /reprot.*Did you mean report.* report, explain, once, run and demo/],
    ['no command', [], 2, /report, explain, once, run and demo/],
    ['an unknown output', ['report', '--snapshot', 'good.json', '-o', 'xml'], 2, /table, wide, json, yaml/],
    ['nothing to explain', ['explain'], 2, /NAMESPACE\/POD, or NAMESPACE\/KIND\/NAME/],
    ['a namespace twice', ['explain', '-n', 'shop', 'shop/deploy/web'], 2, /POD or KIND\/NAME beside --namespace, not "shop\/deploy\/web"/],
    ['more than there is to say', ['report', 'shop'], 2, /1: shop; see respread report --help/],
    ['a selector that is none', ['report', '--snapshot', 'good.json', '-l', 'a in'], 2, /--selector/],
    ['a time without its zone', ['report', '--snapshot', 'good.json', '--now', '2026-01-31T12:00:00'], 2, /2026-01-31T12:00:00Z/],
    ['a time that is none', ['report', '--snapshot', 'good.json', '--now', 'today'], 2, /2026-01-31T12:00:00Z/],
    [
      'a configuration with two mistakes',
      ['report', '--snapshot', 'good.json', '--config', 'config.yaml'],
      1,
      /config\.yaml:5:14.*config\.yaml:6:1/,
    ],
    ['a pod that is not there', ['explain', 'shop/none', '--snapshot', 'good.json'], 1, /shop\/none/],
    ['a workload that is not there', ['explain', 'shop/deploy/none', '--snapshot', 'good.json'], 1, /none/],
  ])('%s', async (_name, args, code, stderr) => {
    const files = new Set([
      'text.json',
      'short.json',
      'pod.json',
      'no-nodes.json',
      'twice.json',
      'none.json',
      'good.json',
      'kubeconfig',
      'none',
      'config.yaml',
    ])
    const result = await runCli(args.map((arg, i) => (files.has(arg) && args[i - 1]?.startsWith('--') === true ? path(arg) : arg)))
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: '' })
    expect(result.stderr.replaceAll('\n', ' ')).toMatch(stderr)
    expect(result.stderr).not.toMatch(/^\s+at /m)
  })

  it('a port that another process has', async () => {
    const server = createServer().listen(0)
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    writeFileSync(path('port.yaml'), `apiVersion: respread.io/v1alpha1\nkind: RespreadConfiguration\nmetrics:\n  port: ${port}\n`)
    const result = await runCli(['run', '--kubeconfig', path('kubeconfig'), '--config', path('port.yaml')])
    server.close()
    expect(result).toEqual({
      code: 1,
      stdout: '',
      stderr: `respread: cannot listen on port ${port} (metrics.port of the configuration): it is taken by another process\n`,
    })
  })

  it('a pod with a quantity that is none is warned about and left alone, the rest goes on', async () => {
    const result = await runCli(['report', '--snapshot', path('odd.json'), '-o', 'json'])
    expect(result.code).toBe(0)
    expect(result.stderr).toMatch(/^warning: .*odd-0.*1x/m)
  })
})

it('reads a snapshot from stdin', async () => {
  const objects = [rawNode({ name: 'a0', zone: 'a' }), rawNode({ name: 'b0', zone: 'b' }), ...workload({ name: 'web', on: ['a0'] })]
  const result = await runCli(['report', '--snapshot', '-'], { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) })
  expect(result).toMatchObject({ code: 0, stdout: expect.stringMatching(/^shop +deploy\/web +zone /m) as string })
})
