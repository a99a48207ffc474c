const NAME = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const DNS_SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/
const MAX_NAME = 63
const MAX_PREFIX = 253

/** A qualified name: an optional DNS subdomain and `/`, then a name (apimachinery validation/content, 1.36). */
export function isLabelKey(key: string): boolean {
  const slash = key.indexOf('/')
  if (slash !== -1 && (slash > MAX_PREFIX || !DNS_SUBDOMAIN.test(key.slice(0, slash)))) return false
  const name = key.slice(slash + 1)
  return name.length <= MAX_NAME && NAME.test(name)
}

export function isLabelValue(value: string): boolean {
  return value === '' || (value.length <= MAX_NAME && NAME.test(value))
}
