// Domains as a person reads them. A label's value may be empty, and then the domain is one like any other: kube-scheduler asks for the key alone
// (podtopologyspread/common.go, 1.36).

/** `c`; `""` for the empty name; `-` where there is no domain. */
export function domainText(domain: string | undefined): string {
  return domain === '' ? '""' : (domain ?? '-')
}

/** `topology.kubernetes.io/zone=c`, or `a node without topology.kubernetes.io/zone` where there is no domain. */
export function keyedDomainText(topologyKey: string, domain: string | undefined): string {
  return domain === undefined ? `a node without ${topologyKey}` : `${topologyKey}=${domainText(domain)}`
}
