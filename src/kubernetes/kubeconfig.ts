import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { ChosenContext, ClusterAccess } from './cluster-access.ts'
import { createClusterAccess } from './cluster-access.ts'
import { textOf } from './json.ts'
import { KubeconfigError } from './kubeconfig-error.ts'
import { mergeKubeconfigs, readKubeconfig } from './kubeconfig-files.ts'
import type { Kubeconfig } from './kubeconfig-files.ts'
import { proxyFromEnvironment } from './proxy.ts'

export interface KubeconfigOptions {
  /** `--kubeconfig`: this file and no other. */
  readonly kubeconfig?: string
  /** `--context`; default: the current context. */
  readonly context?: string
  /** Default: process.env. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Where a pod finds its token and CA. */
  readonly serviceAccountFolder?: string
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'
const IN_CLUSTER = 'in-cluster'

/**
 * Finds the cluster as kubectl does: `--kubeconfig`; else the files of $KUBECONFIG, of which missing ones are passed over and the first to
 * define a name wins; else ~/.kube/config; and where these say nothing, the service account of the pod.
 * @throws KubeconfigError one sentence on what is missing or wrong
 */
export async function loadKubeconfig(options: KubeconfigOptions = {}): Promise<ClusterAccess> {
  const environment = options.environment ?? process.env
  const chosen = chooseContext(options, environment)
  // By its name from now on: somebody may switch the current context of a file under a running process.
  const pinned = chosen.name === IN_CLUSTER ? options : { ...options, context: chosen.name }
  const proxy = proxyFromEnvironment(new URL(chosen.server), environment)
  return await createClusterAccess(chosen, () => chooseContext(pinned, environment), proxy)
}

function chooseContext(options: KubeconfigOptions, environment: Readonly<Record<string, string | undefined>>): ChosenContext {
  const files = candidateFiles(options, environment)
  const found = files.map(readKubeconfig)
  if (options.kubeconfig !== undefined && found[0] === undefined)
    throw new KubeconfigError(`kubeconfig ${options.kubeconfig} does not exist`)
  const merged = mergeKubeconfigs(found.filter(file => file !== undefined))
  const where = files.filter((_, at) => found[at] !== undefined).join(', ')
  const folder = options.serviceAccountFolder ?? SERVICE_ACCOUNT
  const explicit = options.kubeconfig !== undefined || options.context !== undefined
  if (merged.contexts.size === 0 && !explicit && inPod(folder, environment))
    return resolve(podConfig(folder, environment), IN_CLUSTER, folder)
  if (where === '') {
    const missing = files.length === 1 ? `${files[0]} does not exist` : `none of ${files.join(', ')} exists`
    throw new KubeconfigError(`no cluster to talk to: ${missing}, and this is not a pod with a service account; name one with --kubeconfig`)
  }
  const name = options.context ?? merged.currentContext
  if (merged.contexts.size === 0) throw new KubeconfigError(`${where} has no context, and so names no cluster to talk to`)
  if (name === '') throw new KubeconfigError(`no current context in ${where}; choose one with --context (${known(merged.contexts)})`)
  return resolve(merged, name, where)
}

function candidateFiles(options: KubeconfigOptions, environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  if (options.kubeconfig !== undefined) return [options.kubeconfig]
  const listed = (environment['KUBECONFIG'] ?? '').split(delimiter).filter(file => file !== '')
  return listed.length > 0 ? [...new Set(listed)] : [join(environment['HOME'] ?? homedir(), '.kube', 'config')]
}

function resolve(config: Kubeconfig, name: string, where: string): ChosenContext {
  const context = config.contexts.get(name)
  if (context === undefined) throw new KubeconfigError(`context "${name}" is not in ${where} (${known(config.contexts)})`)
  const cluster = config.clusters.get(textOf(context['cluster']))
  if (cluster === undefined) {
    throw new KubeconfigError(
      `context "${name}" in ${where} names the cluster "${textOf(context['cluster'])}", which is not there (${known(config.clusters)})`,
    )
  }
  const userName = textOf(context['user'])
  const user = userName === '' ? {} : config.users.get(userName)
  if (user === undefined)
    throw new KubeconfigError(`context "${name}" in ${where} names the user "${userName}", which is not there (${known(config.users)})`)
  const server = textOf(cluster['server']).replace(/\/+$/, '')
  if (!URL.canParse(server) || !/^https?:\/\//.test(server)) {
    throw new KubeconfigError(
      `the server of cluster "${textOf(context['cluster'])}" in ${where} is "${server}"; expected an http:// or https:// address`,
    )
  }
  return { name, namespace: textOf(context['namespace']) || 'default', server, cluster, user }
}

function inPod(folder: string, environment: Readonly<Record<string, string | undefined>>): boolean {
  return textOf(environment['KUBERNETES_SERVICE_HOST']) !== '' && existsSync(join(folder, 'token'))
}

/** What rest.InClusterConfig reads (client-go, 1.36), in the form of a kubeconfig. */
function podConfig(folder: string, environment: Readonly<Record<string, string | undefined>>): Kubeconfig {
  const host = textOf(environment['KUBERNETES_SERVICE_HOST'])
  const port = textOf(environment['KUBERNETES_SERVICE_PORT']) || '443'
  const namespaceFile = join(folder, 'namespace')
  const namespace = existsSync(namespaceFile) ? readFileSync(namespaceFile, 'utf8').trim() : ''
  return {
    clusters: new Map([
      [
        IN_CLUSTER,
        { server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`, 'certificate-authority': join(folder, 'ca.crt') },
      ],
    ]),
    users: new Map([[IN_CLUSTER, { tokenFile: join(folder, 'token') }]]),
    contexts: new Map([[IN_CLUSTER, { cluster: IN_CLUSTER, user: IN_CLUSTER, namespace }]]),
    currentContext: IN_CLUSTER,
  }
}

function known(entries: ReadonlyMap<string, unknown>): string {
  return entries.size === 0 ? 'it has none' : `it has: ${[...entries.keys()].join(', ')}`
}
