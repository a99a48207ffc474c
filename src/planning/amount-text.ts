import { counted } from './counted.ts'

// Amounts of resources as a person reads them, from the integers of cluster/resources.ts.

/** An amount where the resource is known from what stands before it: `500m`, `2.5 CPU`, `64Mi`, `2`. */
export function amountText(resource: string, amount: number): string {
  if (resource === 'cpu') return amount >= 1000 ? `${amount / 1000} CPU` : amount === 0 ? '0' : `${amount}m`
  return isInBytes(resource) ? bytesText(amount) : String(amount)
}

/** An amount with the name of its resource: `2.5 CPU`, `500m CPU`, `1Gi memory`, `1 pod slot`, `2 example.com/gpu`. */
export function resourceText(resource: string, amount: number): string {
  if (resource === POD_SLOTS) return counted(amount, 'pod slot')
  const text = amountText(resource, amount)
  if (resource === 'cpu') return amount >= 1000 ? text : `${text} CPU`
  return `${text} ${resource}`
}

/** Places for pods on a node, as a resource among others. */
export const POD_SLOTS = 'pods'

function isInBytes(resource: string): boolean {
  return resource === 'memory' || resource === 'ephemeral-storage' || resource.startsWith('hugepages-')
}

const BINARY_UNITS = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi'] as const

/** In the largest unit of which there is at least one, to a tenth. */
function bytesText(bytes: number): string {
  let value = bytes
  let unit = ''
  for (const next of BINARY_UNITS) {
    if (value < 1024) break
    value /= 1024
    unit = next
  }
  return `${Math.round(value * 10) / 10}${unit}`
}
