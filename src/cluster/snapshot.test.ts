import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { readSnapshot, SnapshotError } from './snapshot.ts'

type Raw = Readonly<Record<string, unknown>>

const folder = mkdtempSync(join(tmpdir(), 'snapshot-'))
let files = 0

afterAll(() => {
  rmSync(folder, { recursive: true })
})

function file(content: string | Buffer): string {
  files += 1
  const path = join(folder, `${files}.json`)
  writeFileSync(path, content)
  return path
}

const node = (name: string): Raw => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } })
const pod = (name: string, more: Raw = {}): Raw => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'shop', name, uid: name },
  spec: { nodeName: 'node-a' },
  ...more,
})
const budget = (name: string | undefined): Raw => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { namespace: 'shop', name },
})
const BLOTTED_OUT = '********'
/** A pod whose owner has lost its uid to the censor. */
const ownedPod = (name: string, owner: string, metadata: Raw = {}): Raw => {
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: owner, uid: BLOTTED_OUT, controller: true }]
  return pod(name, { metadata: { namespace: 'shop', name, uid: name, ownerReferences, ...metadata } })
}
const statefulSet = (name: string): Raw => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { namespace: 'shop', name, uid: BLOTTED_OUT },
  spec: { selector: {} },
})
const list = (...items: readonly unknown[]): string => JSON.stringify({ apiVersion: 'v1', items, kind: 'List', metadata: {} }, null, 4)

async function refusal(content: string | Buffer): Promise<unknown> {
  return readSnapshot(file(content)).then(
    () => undefined,
    (error: unknown) => error,
  )
}

describe('readSnapshot', () => {
  it('reads what kubectl wrote, and passes over kinds that it does not know', async () => {
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }
    const { state, warnings } = await readSnapshot(file(list(node('node-a'), configMap, pod('web-0'))))

    expect([...state.nodes()].map(({ name }) => name)).toEqual(['node-a'])
    expect([...state.pods()].map(({ name }) => name)).toEqual(['web-0'])
    expect(warnings).toEqual([])
  })

  it.each<[string, (text: string) => Buffer]>([
    ['gzip', text => gzipSync(text)],
    ['gzip in two members', text => Buffer.concat([gzipSync(text.slice(0, 50)), gzipSync(text.slice(50))])],
    ['a byte order mark', text => Buffer.from(`\u{feff}${text}`)],
    ['UTF-16, as PowerShell redirects', text => Buffer.from(`\u{feff}${text.replaceAll('\n', '\r\n')}`, 'utf16le')],
    ['UTF-16 of the other byte order', text => Buffer.from(`\u{feff}${text}`, 'utf16le').swap16()],
    ['gzip of UTF-16', text => gzipSync(Buffer.from(`\u{feff}${text}`, 'utf16le'))],
    ['gzip of a byte order mark', text => gzipSync(`\u{feff}${text}`)],
  ])('reads %s', async (_, written) => {
    const { state } = await readSnapshot(file(written(list(node('node-ä'), pod('web-0')))))

    expect(state.count('Pod')).toBe(1)
    expect(state.node('node-ä')).toBeDefined()
  })

  it('says how far it has come, in unpacked bytes', async () => {
    const text = list(node('node-a'), pod('web-0'))
    const said: number[] = []

    await readSnapshot(file(gzipSync(text)), { onProgress: bytes => said.push(bytes) })

    expect(said.at(-1)).toBe(Buffer.byteLength(text))
    expect(said).toEqual(said.toSorted((left, right) => left - right))
  })

  it('reads the typed list of an API server, whose items carry no kind', async () => {
    const { state } = await readSnapshot(file('{"kind":"NodeList","apiVersion":"v1","items":[{"metadata":{"name":"node-a"}}]}'))

    expect(state.node('node-a')).toBeDefined()
  })

  it('reads lists within the list, as jq makes them of several files', async () => {
    const pods = { apiVersion: 'v1', kind: 'PodList', items: [{ metadata: { name: 'web-0', uid: 'web-0' } }] }
    const text = list({ apiVersion: 'v1', kind: 'List', items: [node('node-a'), budget('web')] }, pods)
    const { state, warnings } = await readSnapshot(file(text))

    expect(state.node('node-a')).toBeDefined()
    expect(state.pod('default', 'web-0')).toBeDefined()
    expect(state.knows('PodDisruptionBudget')).toBe(true)
    expect(warnings).toEqual([])
  })

  it('passes over a typed list of a kind that it does not know', async () => {
    const secrets = { apiVersion: 'v1', kind: 'SecretList', items: [{ metadata: { name: 'key' }, data: { key: 'aGlkZGVu' } }] }
    const { state, warnings } = await readSnapshot(file(list(node('node-a'), budget('web'), secrets)))

    expect(state.knows('PodDisruptionBudget')).toBe(true)
    expect(warnings).toEqual([])
  })

  it('keeps finished pods', async () => {
    const { state } = await readSnapshot(file(list(node('node-a'), pod('done', { status: { phase: 'Succeeded' } }))))

    expect(state.pod('shop', 'done')?.phase).toBe('Succeeded')
  })

  it('does not take a kind without objects for an empty one', async () => {
    const { state } = await readSnapshot(file(list(node('node-a'), pod('web-0'))))

    expect(state.knows('Node')).toBe(true)
    expect(state.knows('Pod')).toBe(true)
    expect(state.knows('PodDisruptionBudget')).toBe(false)
  })

  it('does not claim to know a kind of which an object had to be left out', async () => {
    const { state, warnings } = await readSnapshot(file(list(node('node-a'), budget('web'), budget(undefined))))

    expect(state.count('PodDisruptionBudget')).toBe(1)
    expect(state.knows('PodDisruptionBudget')).toBe(false)
    expect(warnings).toEqual([{ kind: 'PodDisruptionBudget', key: '', problem: 'metadata.name: is missing; the object is left out' }])
  })

  it('does not claim to know a kind that is there in a version that is not read', async () => {
    const older = { ...budget('api'), apiVersion: 'policy/v1beta1' }
    const { state, warnings } = await readSnapshot(file(list(node('node-a'), budget('web'), older)))

    expect(state.knows('PodDisruptionBudget')).toBe(false)
    expect(warnings).toMatchObject([{ kind: 'PodDisruptionBudget', key: 'shop/api', problem: expect.stringContaining('policy/v1beta1') }])
  })

  it('does not claim to know any kind when the kind of an object cannot be told', async () => {
    const items = [node('node-a'), budget('web'), { ...budget('api'), kind: undefined }]
    const { state, warnings } = await readSnapshot(file(JSON.stringify({ kind: 'List', items })))

    expect(state.knows('PodDisruptionBudget')).toBe(false)
    expect(warnings).toHaveLength(1)
  })

  it('warns of what it could not read and goes on', async () => {
    const { state, warnings } = await readSnapshot(file(list(node('node-a'), pod('web-0', { spec: { priority: 'high' } }))))

    expect(state.count('Pod')).toBe(1)
    expect(warnings).toEqual([{ kind: 'Pod', key: 'shop/web-0', problem: 'priority: `high` is a text, not a whole number' }])
  })

  it.each([{ kind: 7 }, { kind: undefined }, { name: undefined }])(
    'takes an owner that a pod tells as %o for no other object',
    async told => {
      const reference = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: BLOTTED_OUT, controller: true, ...told }
      const items = [ownedPod('web-0', 'web'), ownedPod('web-1', 'web', { ownerReferences: [reference] })]
      const { state, warnings } = await readSnapshot(file(list(node('node-a'), ...items)))

      expect(state.count('Pod')).toBe(2)
      expect(warnings.map(({ key, problem }) => [key, problem.split(':')[0]])).toEqual([
        ['shop/web-1', `metadata.ownerReferences[0].${Object.keys(told)[0]}`],
      ])
    },
  )

  it.each<[string, string | Buffer, string | RegExp]>([
    ['no nodes', list(pod('web-0')), 'has no nodes'],
    ['an empty list', list(), 'has no nodes'],
    ['an empty list as an API server writes it', '{"kind":"List","items":null}', 'has no nodes'],
    ['a list without a list', '{"kind":"List","items":{}}', 'has `items` that are no list'],
    [
      'a single object that is no JSON, without showing what is in it,',
      '{"kind":"Secret","data":{"password":hunter2\n}}',
      /is not JSON outside its items: Unexpected token 'h'; legal is/,
    ],
    [
      'two objects of one name',
      list(node('node-a'), pod('web-0'), pod('web-0')),
      'holds two objects Pod shop/web-0, the second at line 23',
    ],
    [
      'two pods of one uid',
      list(node('node-a'), pod('web-0'), ownedPod('web-1', 'web', { uid: 'web-0' })),
      'gives two objects one uid, Pod shop/web-0 and Pod shop/web-1',
    ],
    [
      'two owners of one uid',
      list(node('node-a'), ownedPod('web-0', 'web'), ownedPod('api-0', 'api')),
      'gives two objects one uid, StatefulSet web and StatefulSet api',
    ],
    [
      'an owner with the uid of another',
      list(node('node-a'), statefulSet('api'), ownedPod('web-0', 'web')),
      'gives two objects one uid, StatefulSet api and StatefulSet web',
    ],
    [
      'two workloads of one uid',
      list(node('node-a'), statefulSet('api'), statefulSet('web')),
      'gives two objects one uid, StatefulSet api and StatefulSet web',
    ],
    ['the same object twice', list(node('node-a'), node('node-a')), 'holds two objects Node node-a'],
    [
      'an item that is no JSON',
      '{"kind":"List","items":[\n{},\n{"a":\nb}\n]}',
      /is not JSON in items\[1\], from line 3: Unexpected token 'b'$/,
    ],
    [
      'an item with a slip',
      '{"kind":"List","items":[\n{},\n{"a": 1,\n "b" 2}\n]}',
      /is not JSON in items\[1\], line 4: Expected ':' after property name$/,
    ],
    [
      'a typed list that says at its end of what',
      '{"items":[{"metadata":{"name":"node-a"}}],"kind":"NodeList"}',
      'has an item without a `kind` at line 1, in a list that says none before its items',
    ],
    ['half a file', list(node('node-a')).slice(0, 60), 'is cut short'],
    ['half a gzip', gzipSync(list(node('node-a'))).subarray(0, 60), 'is cut short: the gzip stream has no end'],
    ['a damaged gzip', Buffer.concat([gzipSync('').subarray(0, 10), Buffer.alloc(20, 0xff)]), 'is damaged'],
    ['a single object', JSON.stringify(node('node-a')), 'is a Node, not a List'],
    ['YAML', 'apiVersion: v1\nkind: List\n', 'is no JSON object'],
    ['half a file in UTF-16', Buffer.from(`\u{feff}${list(node('node-a'))}`, 'utf16le').subarray(0, 61), 'is cut short'],
    ['nothing', '', 'is empty'],
  ])('refuses %s in one sentence that names the file', async (_, content, sentence) => {
    const error = await refusal(content)

    expect(error).toBeInstanceOf(SnapshotError)
    expect(String(error)).toMatch(sentence)
    expect(String(error)).toMatch(/^SnapshotError: snapshot \S+\.json [^\n]+$/)
  })

  it('refuses a file that is not there, and a folder', async () => {
    await expect(readSnapshot(join(folder, 'absent.json'))).rejects.toThrow(/snapshot \S+absent\.json does not exist/)
    await expect(readSnapshot(folder)).rejects.toThrow('is a directory')
    await expect(readSnapshot(join(file('x'), 'inside'))).rejects.toThrow(/snapshot \S+ cannot be read: ENOTDIR/)
  })
})
