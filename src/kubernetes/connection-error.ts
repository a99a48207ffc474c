import { messageOf } from '../cluster/error-message.ts'
import { isRawObject } from '../cluster/raw-value.ts'

/** A request got no answer. The message is one sentence for a person. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
  /** False only when it is certain that the server never saw the request. */
  readonly maybeSent: boolean
  /** True where waiting cannot help: certificates that do not match. */
  readonly permanent: boolean

  constructor(message: string, facts: { readonly maybeSent: boolean; readonly permanent?: boolean }) {
    super(message)
    this.maybeSent = facts.maybeSent
    this.permanent = facts.permanent ?? false
  }
}

/**
 * What a failure of node:net, node:tls or undici means, told in plain words.
 * @param server the address of the API server
 * @param proxy what is connected to in its place, if anything is
 */
export function connectionError(error: unknown, server: string, proxy?: string): ConnectionError {
  const code = innermostCode(error)
  const certificate = ownCertificateProblem(error, code) ?? certificateProblem(code, server)
  if (certificate !== undefined) return new ConnectionError(`${certificate} (${code})`, { maybeSent: false, permanent: true })
  const unreachable = connectProblem(code, server, proxy === undefined ? server : `the proxy ${withoutSecrets(proxy)}`)
  if (unreachable !== undefined) return new ConnectionError(`${unreachable} (${code})`, { maybeSent: false })
  return new ConnectionError(`the connection to ${server} broke off: ${messageOf(error)}`, { maybeSent: true })
}

/** OpenSSL reads what the kubeconfig brings along before it connects; what fails in a handshake is called ERR_SSL_. */
function ownCertificateProblem(error: unknown, code: string): string | undefined {
  if (!/^ERR_OSSL_(PEM|X509|ASN1|EVP|UNSUPPORTED)/.test(code)) return undefined
  return `the client certificate or key that the kubeconfig names cannot be used: ${messageOf(error)}`
}

function certificateProblem(code: string, server: string): string | undefined {
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_SIGNATURE_FAILURE':
      return `the certificate of ${server} is not signed by the certificate authority that the kubeconfig names`
    case 'CERT_HAS_EXPIRED':
      return `the certificate of ${server} has expired`
    case 'CERT_NOT_YET_VALID':
      return `the certificate of ${server} is not valid yet; is this machine's clock right?`
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the certificate of ${server} is for another host name`
    default:
      return undefined
  }
}

/**
 * Failures that come before a single byte of the request is sent.
 * @param peer what the connection itself goes to
 */
function connectProblem(code: string, server: string, peer: string): string | undefined {
  switch (code) {
    case 'ECONNREFUSED':
      return `nothing listens at ${peer}: connection refused`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host name of ${peer} cannot be resolved`
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return `${peer} cannot be reached`
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return `${server} does not speak TLS; is it an http:// address?`
    case 'UND_ERR_PRX_TLS':
    case 'UND_ERR_PRX_CONN':
      return `the proxy on the way to ${server} refuses the connection`
    default:
      return undefined
  }
}

/** A proxy's address may hold a name and a password. */
function withoutSecrets(proxy: string): string {
  return proxy.replace(/\/\/[^/@]*@/, '//')
}

/** The code of an error or of what caused it: a host with several addresses fails with an aggregate of the failures. */
function innermostCode(error: unknown): string {
  if (!isRawObject(error)) return ''
  if (typeof error['code'] === 'string') return error['code']
  if (Array.isArray(error['errors']) && error['errors'].length > 0) return innermostCode(error['errors'][0])
  return innermostCode(error['cause'])
}
