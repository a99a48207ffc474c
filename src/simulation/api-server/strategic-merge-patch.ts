import { isRawObject } from '../../cluster/raw-value.ts'

/** By which field the items of a list are told apart (patchMergeKey in k8s.io/api, 1.36); every other list is replaced as a whole. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  addresses: 'type',
  conditions: 'type',
  containers: 'name',
  env: 'name',
  ephemeralContainers: 'name',
  hostAliases: 'ip',
  hostIPs: 'ip',
  imagePullSecrets: 'name',
  initContainers: 'name',
  ownerReferences: 'uid',
  podIPs: 'ip',
  resourceClaims: 'name',
  schedulingGates: 'name',
  secrets: 'name',
  topologySpreadConstraints: 'topologyKey',
  volumeDevices: 'devicePath',
  volumeMounts: 'mountPath',
  volumes: 'name',
}
/** Lists of texts to which a patch adds. */
const SETS: ReadonlySet<string> = new Set(['finalizers', 'podCIDRs'])

const DELETE_FROM_SET = '$deleteFromPrimitiveList/'
const ELEMENT_ORDER = '$setElementOrder/'

/**
 * A strategic merge patch, which `kubectl apply`, `edit`, `set` and `taint` send: a merge patch but for lists whose items have a key, and for the
 * directives that begin with a dollar sign (apimachinery util/strategicpatch).
 */
export function strategicMergePatch(target: unknown, patch: unknown): unknown {
  if (!isRawObject(patch)) return patch
  const { $patch: directive, $retainKeys: kept, ...changes } = patch
  if (directive === 'delete') return {}
  const base = isRawObject(target) && directive !== 'replace' ? Object.entries(target) : []
  const merged = new Map(base.filter(([field]) => !Array.isArray(kept) || kept.includes(field)))
  for (const [field, value] of Object.entries(changes)) {
    if (field.startsWith('$')) continue
    if (value === null) merged.delete(field)
    else if (Array.isArray(value)) merged.set(field, mergedList(field, merged.get(field), value))
    else merged.set(field, strategicMergePatch(merged.get(field), value))
  }
  for (const [directiveFor, value] of Object.entries(changes)) {
    if (!Array.isArray(value)) continue
    if (directiveFor.startsWith(DELETE_FROM_SET)) {
      const field = directiveFor.slice(DELETE_FROM_SET.length)
      merged.set(
        field,
        listOf(merged.get(field)).filter(item => !value.includes(item)),
      )
    }
    if (directiveFor.startsWith(ELEMENT_ORDER)) {
      const field = directiveFor.slice(ELEMENT_ORDER.length)
      if (merged.has(field)) merged.set(field, inOrder(field, listOf(merged.get(field)), value))
    }
  }
  return Object.fromEntries(merged)
}

function mergedList(field: string, target: unknown, patch: readonly unknown[]): unknown {
  if (SETS.has(field)) return [...new Set([...listOf(target), ...patch])]
  const key = mergeKey(field, patch)
  if (key === undefined) return patch
  const changes = patch.filter(isRawObject)
  const isReplaced = changes.some(({ $patch: directive }) => directive === 'replace')
  const items: unknown[] = isReplaced ? [] : [...listOf(target)]
  for (const change of changes) {
    const at = items.findIndex(item => isRawObject(item) && item[key] === change[key])
    if (change['$patch'] === 'replace') continue
    if (change['$patch'] === 'delete') {
      if (at !== -1) items.splice(at, 1)
    } else if (at === -1) {
      items.push(strategicMergePatch({}, change))
    } else {
      items[at] = strategicMergePatch(items[at], change)
    }
  }
  return items
}

/** Items that the order names go to where such items stand, one after the other; those that it does not name stay in their places. */
function inOrder(field: string, items: readonly unknown[], order: readonly unknown[]): readonly unknown[] {
  const key = mergeKey(field, order)
  const nameOf = (item: unknown): unknown => (key !== undefined && isRawObject(item) ? item[key] : item)
  const names = order.map(nameOf)
  const placeOf = (item: unknown): number => names.indexOf(nameOf(item))
  const ordered = items.filter(item => placeOf(item) !== -1).sort((a, b) => placeOf(a) - placeOf(b))
  return items.map(item => (placeOf(item) === -1 ? item : ordered.shift()))
}

function mergeKey(field: string, items: readonly unknown[]): string | undefined {
  if (field !== 'ports') return MERGE_KEYS[field]
  // Of a container or of a Service.
  return items.some(item => isRawObject(item) && 'containerPort' in item) ? 'containerPort' : 'port'
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : []
}
