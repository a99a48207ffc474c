import { compareText } from '../../cluster/compare-text.ts'
import type { RawMetadata, RawObject, RawOwner } from '../object-store.ts'
import { hash32 } from '../random.ts'
import type { PodObject, WireTemplate } from '../wire-objects.ts'

/** Letters that make no words, as Kubernetes uses for generated names. */
const SAFE_LETTERS = 'bcdfghjklmnpqrstvwxz2456789'

/** A short name for the content of a template: equal templates have equal hashes, whatever the order of their fields. */
export function templateHash(template: WireTemplate | undefined): string {
  const digits = String(hash32(canonical(template ?? {})))
  return Array.from(digits, digit => SAFE_LETTERS.charAt(digit.charCodeAt(0) % SAFE_LETTERS.length)).join('')
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return `{${fields
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`)
    .join(',')}}`
}

/** The ownerReference that makes `owner` the controller of an object. */
export function controllerRef(owner: RawObject): RawOwner {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  }
}

/** The pod that its controller sends to the API server, before admission; named, or to be named by the server. */
export function podFromTemplate(
  owner: RawObject,
  template: WireTemplate | undefined,
  named: { readonly name: string } | { readonly generateName: string },
): PodObject {
  const { labels, annotations } = template?.metadata ?? {}
  const metadata: RawMetadata = {
    name: '',
    ...named,
    ...inNamespaceOf(owner),
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ownerReferences: [controllerRef(owner)],
  }
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: template?.spec ?? {} }
}

export function inNamespaceOf(owner: RawObject): Pick<RawMetadata, 'namespace'> {
  return owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }
}
