import { BlockList, isIP } from 'node:net'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The proxy that the environment names for a server, as Go's net/http reads it and therefore kubectl: HTTPS_PROXY or HTTP_PROXY by the
 * scheme, never for loopback addresses, and not for what NO_PROXY lists (names with their subdomains, addresses, CIDR ranges, `*`).
 */
export function proxyFromEnvironment(server: URL, environment: Environment): string | undefined {
  const read = (name: string): string | undefined => {
    const value = environment[name] ?? environment[name.toLowerCase()]
    return value === '' ? undefined : value
  }
  const proxy = read(server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY')
  if (proxy === undefined) return undefined
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (host === 'localhost' || isLoopback(host)) return undefined
  const port = server.port === '' ? (server.protocol === 'https:' ? '443' : '80') : server.port
  const direct = (read('NO_PROXY') ?? '').split(',').some(entry => covers(entry.trim().toLowerCase(), host, port))
  if (direct) return undefined
  return proxy.includes('://') ? proxy : `http://${proxy}`
}

function isLoopback(host: string): boolean {
  return host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function covers(entry: string, host: string, port: string): boolean {
  if (entry === '') return false
  if (entry === '*') return true
  if (entry.includes('/')) return inRange(entry, host)
  const [, name = entry, entryPort] = isIP(entry) === 6 ? [] : (/^(.*?)(?::(\d+))?$/.exec(entry) ?? [])
  if (entryPort !== undefined && entryPort !== port) return false
  const plain = name.replace(/^\[|\]$/g, '').replace(/^\*/, '')
  return plain.startsWith('.') ? host.endsWith(plain) : host === plain || (isIP(plain) === 0 && host.endsWith(`.${plain}`))
}

function inRange(range: string, host: string): boolean {
  const [network = '', bits = ''] = range.split('/')
  const family = isIP(network)
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) return false
  const list = new BlockList()
  const type = family === 4 ? 'ipv4' : 'ipv6'
  list.addSubnet(network, Number(bits), type)
  return list.check(host, type)
}
