import type { KubeConfig } from '@kubernetes/client-node'
import type { RequestOptions } from 'node:https'
import type { ConnectionOptions } from 'node:tls'
import { codeOf, messageOf } from '../cluster/error-message.ts'
import { isRawObject } from '../cluster/raw-value.ts'
import { textOf } from './json.ts'
import type { Fields } from './json.ts'
import { KubeconfigError } from './kubeconfig-error.ts'

/** A context of a kubeconfig with what it refers to, as written there. */
export interface ChosenContext {
  readonly name: string
  readonly namespace: string
  /** Address of the API server, without a slash at its end. */
  readonly server: string
  readonly cluster: Fields
  readonly user: Fields
}

/** What identifies the connection: when any of it changes, connections made with the old are no longer ours. */
export type TlsMaterial = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'pfx' | 'passphrase' | 'rejectUnauthorized' | 'servername'>

export interface Credentials {
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly tls: TlsMaterial
}

/** How to reach one cluster and prove who we are. */
export interface ClusterAccess {
  /** Address of the API server, without a slash at its end. */
  readonly server: string
  readonly context: string
  /** The namespace that the context works in. */
  readonly namespace: string
  readonly proxy: string | undefined
  /**
   * What one request needs, read anew: tokens and certificates are rotated under a running process.
   * @param renew the server did not accept the last ones: read the configuration again and ask the exec plugin again
   * @throws KubeconfigError when they cannot be had
   */
  credentials(renew?: 'renew'): Promise<Credentials>
}

/**
 * Uses the Kubernetes client for what it does well, credentials of every kind, and for nothing else: it is loaded only here, so that
 * commands which need no cluster start without it.
 * @param readAgain gives the same context as it is written now
 * @throws KubeconfigError when the first credentials cannot be had
 */
export async function createClusterAccess(
  chosen: ChosenContext,
  readAgain: () => ChosenContext,
  environmentProxy: string | undefined,
): Promise<ClusterAccess> {
  const { KubeConfig } = await import('./client-config.ts')
  const load = (context: ChosenContext): KubeConfig => {
    const config = new KubeConfig()
    config.loadFromString(JSON.stringify(clientConfig(context)))
    return config
  }
  let client = load(chosen)
  let inFlight: Promise<Credentials> | undefined

  const obtain = async (renew: boolean): Promise<Credentials> => {
    if (renew) {
      const written = readAgain()
      // Credentials for one server are not sent to another.
      if (written.server === chosen.server) client = load(written)
    }
    return await credentialsOf(client, chosen)
  }

  const access: ClusterAccess = {
    server: chosen.server,
    context: chosen.name,
    namespace: chosen.namespace,
    proxy: textOf(chosen.cluster['proxy-url']) || environmentProxy,
    // One at a time, shared: a dozen lists that start together must not start a dozen exec plugins.
    credentials(renew) {
      inFlight ??= obtain(renew === 'renew').finally(() => {
        inFlight = undefined
      })
      return inFlight
    },
  }
  await access.credentials()
  return access
}

async function credentialsOf(client: KubeConfig, chosen: ChosenContext): Promise<Credentials> {
  const options: RequestOptions = {}
  try {
    await client.applyToHTTPSOptions(options)
  } catch (error) {
    throw new KubeconfigError(`cannot get the credentials of context "${chosen.name}": ${explain(error, chosen.user)}`)
  }
  const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername, auth } = options
  const tls = { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername }
  const headers: Record<string, string | string[]> = impersonation(chosen.user)
  // A file with a token may end in a newline (client-go transport/token_source.go trims it, 1.36), which no header can.
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = sendable(String(value).trim(), chosen)
  if (typeof auth === 'string') headers['authorization'] = `Basic ${Buffer.from(auth).toString('base64')}`
  return { headers, tls: Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined && value !== null)) }
}

/** @throws KubeconfigError that does not repeat the secret: what is wrong with it would otherwise look like a broken connection */
function sendable(value: string, { name }: ChosenContext): string {
  if (/^[\t\u0020-\u007E\u0080-\u00FF]*$/.test(value)) return value
  throw new KubeconfigError(`the token of context "${name}" holds a line break or another character that cannot be sent in a header`)
}

/** The parts of impersonation that the client passes over; without the groups a request would be judged as somebody else's. */
function impersonation(user: Fields): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  if (Array.isArray(user['as-groups'])) headers['impersonate-group'] = user['as-groups'].map(String)
  if (typeof user['as-uid'] === 'string') headers['impersonate-uid'] = user['as-uid']
  if (isRawObject(user['as-user-extra'])) {
    for (const [name, values] of Object.entries(user['as-user-extra'])) {
      headers[`impersonate-extra-${encodeURIComponent(name)}`] = Array.isArray(values) ? values.map(String) : String(values)
    }
  }
  return headers
}

/** One context in the form that the client reads, with what it would get wrong put right. */
function clientConfig(chosen: ChosenContext): object {
  const { 'proxy-url': _, ...cluster } = chosen.cluster
  const { tokenFile, token, exec, ...user } = chosen.user
  return {
    clusters: [
      // The client refuses http:// unless told that there is no certificate to verify.
      { name: 'cluster', cluster: { ...cluster, ...(chosen.server.startsWith('http://') && { 'insecure-skip-tls-verify': true }) } },
    ],
    users: [
      {
        name: 'user',
        user: {
          ...user,
          // A token file outranks a token, and is read again as it is rotated (clientcmd/client_config.go, 1.36).
          ...(typeof tokenFile === 'string' ? { 'auth-provider': { name: 'tokenFile', config: { tokenFile } } } : { token }),
          ...(isRawObject(exec) && { exec: withExecInfo(exec, chosen) }),
        },
      },
    ],
    contexts: [{ name: 'context', context: { cluster: 'cluster', user: 'user' } }],
    'current-context': 'context',
  }
}

/** Tells the plugin what kubectl tells it (client-go exec.go, 1.36): plugins refuse to run, or guess the version, without. */
function withExecInfo(exec: Fields, chosen: ChosenContext): Fields {
  const { 'certificate-authority-data': ca, 'insecure-skip-tls-verify': insecure, 'tls-server-name': serverName } = chosen.cluster
  const cluster = {
    server: chosen.server,
    'certificate-authority-data': ca,
    'insecure-skip-tls-verify': insecure,
    'tls-server-name': serverName,
  }
  const spec = { interactive: false, ...(exec['provideClusterInfo'] === true && { cluster }) }
  const info = JSON.stringify({ apiVersion: exec['apiVersion'], kind: 'ExecCredential', spec })
  const env = Array.isArray(exec['env']) ? exec['env'] : []
  return { ...exec, env: [...env, { name: 'KUBERNETES_EXEC_INFO', value: info }] }
}

function explain(error: unknown, user: Fields): string {
  const isMissing = codeOf(error) === 'ENOENT'
  const { exec, 'auth-provider': provider } = user
  if (isRawObject(exec)) {
    const hint = isMissing && typeof exec['installHint'] === 'string' ? `; ${exec['installHint'].trim()}` : ''
    return `exec plugin ${textOf(exec['command'])}: ${isMissing ? 'command not found' : pluginFailure(error)}${hint}`
  }
  if (isRawObject(provider))
    return `auth-provider ${textOf(provider['name'])} gives none; Kubernetes has done away with such providers (1.26), use an exec plugin`
  if (isMissing && isRawObject(error)) return `${textOf(error['path'])} does not exist`
  return oneLine(messageOf(error))
}

function pluginFailure(error: unknown): string {
  if (error instanceof SyntaxError) return `what it printed is no ExecCredential: ${oneLine(error.message)}`
  return oneLine(messageOf(error)) || 'it failed without a message'
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ' ')
}
