import { memo } from '../cluster/memo.ts'
import type { Group } from './groups.ts'

/** Ids of groups that one eviction can change together: linked by pods that they both count, be it through a third group. */
export type Family = readonly string[]

/** Families, which never span namespaces; worked out for the namespace of whoever is asked about. */
export interface Families {
  /** @param ids all groups of its namespace. The same object for all of the family, until one of them is forgotten */
  of(group: Pick<Group, 'id' | 'namespace'>, ids: Iterable<string>): Family
  /** Other pods than before belong to the group. */
  forget(group: Group): void
  /** Groups have come or gone. */
  forgetAllIn(namespace: string): void
}

/** @param linkedWith ids of the groups that count some member of the group with this id, itself among them */
export function createFamilies(linkedWith: (id: string) => readonly string[]): Families {
  const namespaces = new Map<string, { readonly links: Map<string, readonly string[]>; byId: ReadonlyMap<string, Family> | undefined }>()
  return {
    of({ id, namespace }, ids) {
      const found = memo(namespaces, namespace, () => ({ links: new Map(), byId: undefined }))
      found.byId ??= familiesOf(ids, each => memo(found.links, each, () => linkedWith(each)))
      return found.byId.get(id) ?? [id]
    },
    forget({ id, namespace }) {
      const found = namespaces.get(namespace)
      if (found === undefined) return
      found.links.delete(id)
      found.byId = undefined
    },
    forgetAllIn: namespace => void namespaces.delete(namespace),
  }
}

function familiesOf(ids: Iterable<string>, linkedWith: (id: string) => readonly string[]): ReadonlyMap<string, Family> {
  const parent = new Map<string, string>()
  const root = (id: string): string => {
    let at = id
    for (let above = parent.get(at); above !== undefined; above = parent.get(at)) at = above
    if (at !== id) parent.set(id, at)
    return at
  }
  const all = [...ids]
  for (const own of all) {
    for (const id of linkedWith(own)) {
      const [one, another] = [root(own), root(id)]
      if (one !== another) parent.set(another, one)
    }
  }
  return new Map([...Map.groupBy(all, root).values()].flatMap(family => family.map(id => [id, family] as const)))
}
