import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { loadKubeconfig } from './kubeconfig.ts'

let home: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'respread-kubeconfig-'))
})

/** A kubeconfig with one context, cluster and user, all of the same name. */
function config(name: string, options: { server?: string; user?: string; cluster?: string; current?: boolean } = {}): string {
  const { server = `https://${name}.test:6443`, user = 'token: secret', cluster = '', current = true } = options
  return `
apiVersion: v1
kind: Config
${current ? `current-context: ${name}` : ''}
clusters: [{ name: ${name}, cluster: { server: "${server}"${cluster} } }]
users: [{ name: ${name}, user: { ${user} } }]
contexts: [{ name: ${name}, context: { cluster: ${name}, user: ${name}, namespace: ${name}-space } }]
`
}

function write(path: string, content: string): string {
  const file = join(home, path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, content)
  return file
}

describe('which cluster', () => {
  it('is the current context of ~/.kube/config by default', async () => {
    write('.kube/config', config('dev'))

    const access = await loadKubeconfig({ environment: { HOME: home } })

    expect(access).toMatchObject({ server: 'https://dev.test:6443', context: 'dev', namespace: 'dev-space', proxy: undefined })
  })

  it('comes from $KUBECONFIG: missing files are passed over, the first to define a name wins', async () => {
    const first = write('first', config('dev', { server: 'https://first.test/' }))
    const second = write('second', config('dev', { server: 'https://second.test' }))
    const third = write('third', config('prod'))
    const environment = { HOME: home, KUBECONFIG: [join(home, 'absent'), first, second, third].join(':') }

    expect((await loadKubeconfig({ environment })).server).toBe('https://first.test')
    expect((await loadKubeconfig({ environment, context: 'prod' })).server).toBe('https://prod.test:6443')
  })

  it('is the one of --kubeconfig whatever the environment says', async () => {
    write('.kube/config', config('dev'))
    const kubeconfig = write('other', config('other'))

    expect((await loadKubeconfig({ kubeconfig, environment: { HOME: home, KUBECONFIG: '/absent' } })).context).toBe('other')
  })

  it('is the one a pod runs in when no kubeconfig says otherwise, even through an IPv6 address', async () => {
    const serviceAccountFolder = join(write('account/token', 'pod-token'), '..')
    write('account/ca.crt', 'CA')
    write('account/namespace', 'respread\n')
    const environment = { HOME: home, KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' }

    const access = await loadKubeconfig({ environment, serviceAccountFolder })

    expect(access).toMatchObject({ server: 'https://[fd00::1]:6443', context: 'in-cluster', namespace: 'respread' })
    expect(await access.credentials()).toMatchObject({ headers: { authorization: 'Bearer pod-token' }, tls: { ca: Buffer.from('CA') } })
  })

  it('goes through the proxy of the kubeconfig before that of the environment', async () => {
    const kubeconfig = write('config', config('dev', { cluster: ', proxy-url: "http://inner:1"' }))
    const plain = write('plain', config('dev'))
    const environment = { HTTPS_PROXY: 'http://outer:2' }

    expect((await loadKubeconfig({ kubeconfig, environment })).proxy).toBe('http://inner:1')
    expect((await loadKubeconfig({ kubeconfig: plain, environment })).proxy).toBe('http://outer:2')
  })
})

describe('a sentence says what is wrong', () => {
  it.each<[what: string, options: { content?: string; context?: string }, message: RegExp]>([
    ['an unknown context', { content: config('dev'), context: 'prod' }, /^context "prod" is not in .*config \(it has: dev\)$/],
    [
      'no current context',
      { content: config('dev', { current: false }) },
      /^no current context in .*; choose one with --context \(it has: dev\)$/,
    ],
    ['a missing file', {}, /^kubeconfig .*config does not exist$/],
    ['no YAML', { content: '{ a: [' }, /is not valid YAML: .* at line 1, column 7$/],
    ['something else', { content: '- a\n- b\n' }, /expected a mapping with clusters, users and contexts$/],
    ['an entry without a name', { content: 'clusters: [{ cluster: {} }]' }, /: clusters\[0\] has no name$/],
    [
      'an address that is none',
      { content: config('dev', { server: 'dev.test' }) },
      /is "dev.test"; expected an http:\/\/ or https:\/\/ address$/,
    ],
    [
      'an unreadable certificate authority',
      { content: config('dev', { cluster: ', certificate-authority: absent.crt' }) },
      /^cannot get the credentials of context "dev": .*absent.crt does not exist$/,
    ],
    [
      'an exec plugin that is not installed',
      {
        content: config('dev', {
          user: 'exec: { apiVersion: v1, command: no-such-plugin-anywhere, installHint: get it from example.com }',
        }),
      },
      /exec plugin no-such-plugin-anywhere: command not found; get it from example.com$/,
    ],
    [
      'an exec plugin that fails',
      {
        content: config('dev', {
          user: 'exec: { apiVersion: v1, command: sh, args: ["-c", "echo your session has expired >&2; exit 1"] }',
        }),
      },
      /exec plugin sh: your session has expired$/,
    ],
    [
      'an exec plugin that prints something else, on several lines',
      { content: config('dev', { user: 'exec: { apiVersion: v1, command: printf, args: ["please\\nlog in\\n"] }' }) },
      /exec plugin printf: what it printed is no ExecCredential: [^\n]*$/,
    ],
    [
      'a provider of credentials that Kubernetes no longer has',
      { content: config('dev', { user: 'auth-provider: { name: gcp }' }) },
      /auth-provider gcp gives none; .* use an exec plugin$/,
    ],
    [
      'a token with a line break, which is not shown',
      { content: config('dev', { user: 'token: "top\\nsecret"' }) },
      /^the token of context "dev" holds a line break or another character that cannot be sent in a header$/,
    ],
    ['nothing at all', { content: '' }, /^.*config has no context, and so names no cluster to talk to$/],
  ])('%s', async (_, { content, context }, message) => {
    const kubeconfig = content === undefined ? join(home, 'config') : write('config', content)

    const loading = loadKubeconfig({ kubeconfig, environment: {}, ...(context !== undefined && { context }) })

    await expect(loading).rejects.toThrow(message)
    await expect(loading).rejects.toMatchObject({ name: 'KubeconfigError' })
  })

  it('when the kubeconfig is a directory', async () => {
    await expect(loadKubeconfig({ kubeconfig: home, environment: {} })).rejects.toThrow(
      `kubeconfig ${home} is a directory; legal is a file`,
    )
  })

  it('when there is no configuration at all, naming the places it looked in', async () => {
    const loading = loadKubeconfig({ environment: { HOME: home }, serviceAccountFolder: home })

    await expect(loading).rejects.toThrow(`: ${home}/.kube/config does not exist, and this is not a pod with a service account`)
  })
})

describe('credentials', () => {
  async function credentialsFor(user: string, options: { cluster?: string; server?: string } = {}) {
    const access = await loadKubeconfig({ kubeconfig: write('config', config('dev', { user, ...options })), environment: {} })
    return await access.credentials()
  }

  it('of a token, and of a user with a password', async () => {
    expect((await credentialsFor('token: secret')).headers).toEqual({ authorization: 'Bearer secret' })
    expect((await credentialsFor('username: eve, password: apple')).headers).toEqual({
      authorization: `Basic ${Buffer.from('eve:apple').toString('base64')}`,
    })
  })

  it('of a token file relative to the kubeconfig, which outranks a token', async () => {
    write('token', 'from-file')

    expect((await credentialsFor('tokenFile: token, token: other')).headers).toEqual({ authorization: 'Bearer from-file' })
  })

  it('of a token file that ends in a newline, as the shell writes it', async () => {
    write('token', 'from-file\n')

    expect((await credentialsFor('tokenFile: token')).headers).toEqual({ authorization: 'Bearer from-file' })
  })

  it('of a client certificate, with the name that the server certificate is for', async () => {
    write('client.crt', 'CERT')
    write('client.key', 'KEY')

    const { tls } = await credentialsFor('client-certificate: client.crt, client-key: client.key', {
      cluster: ', tls-server-name: api.test',
    })

    expect(tls).toEqual({ cert: Buffer.from('CERT'), key: Buffer.from('KEY'), servername: 'api.test' })
  })

  it('name whom they impersonate, groups and all', async () => {
    const { headers } = await credentialsFor('token: secret, as: eve, as-groups: [a, b], as-uid: u1, as-user-extra: { scopes: [view] }')

    expect(headers).toEqual({
      authorization: 'Bearer secret',
      'impersonate-user': 'eve',
      'impersonate-group': ['a', 'b'],
      'impersonate-uid': 'u1',
      'impersonate-extra-scopes': ['view'],
    })
  })

  it('are none for an http:// server', async () => {
    expect(await credentialsFor('', { server: 'http://127.0.0.1:8001' })).toMatchObject({ headers: {} })
  })

  it('asked for anew are those of the same context and server, whatever the file says by then', async () => {
    const kubeconfig = write('config', config('dev', { user: 'token: old' }))
    const access = await loadKubeconfig({ kubeconfig, environment: {} })
    const renewed = async (content: string): Promise<unknown> => {
      write('config', content)
      return (await access.credentials('renew')).headers['authorization']
    }
    const dev = config('dev', { user: 'token: newer', current: false })
    const both = dev.replace('clusters: [', 'current-context: prod\nclusters: [{ name: prod, cluster: { server: "https://prod.test" } }, ')

    expect(await renewed(config('dev', { user: 'token: new' }))).toBe('Bearer new')
    expect(await renewed(both)).toBe('Bearer newer')
    expect(await renewed(config('dev', { user: 'token: of-another-server', server: 'https://elsewhere.test' }))).toBe('Bearer newer')
    await expect(renewed(config('prod'))).rejects.toThrow('context "dev" is not in')
  })

  it('of an exec plugin relative to the kubeconfig are asked for once by many requests at a time, and again when refused', async () => {
    const plugin = write(
      'bin/plugin',
      `#!/bin/sh
echo "$KUBERNETES_EXEC_INFO" >> "${home}/calls"
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t'$(wc -l < "${home}/calls" | tr -d ' ')'"}}'
`,
    )
    chmodSync(plugin, 0o755)
    const user = 'exec: { apiVersion: client.authentication.k8s.io/v1, command: bin/plugin, provideClusterInfo: true }'
    const access = await loadKubeconfig({ kubeconfig: write('config', config('dev', { user })), environment: {} })

    const tokens = async (...renew: readonly ('renew' | undefined)[]): Promise<unknown[]> =>
      (await Promise.all(renew.map(how => access.credentials(how)))).map(({ headers }) => headers['authorization'])

    expect(await tokens(undefined, undefined)).toEqual(['Bearer t1', 'Bearer t1'])
    expect(await tokens('renew', 'renew')).toEqual(['Bearer t2', 'Bearer t2'])
    expect(await tokens(undefined)).toEqual(['Bearer t2'])
  })
})
