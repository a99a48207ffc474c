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
export function createFamilies(linkedWith: (id: string) => Iterable<string>): Families {
  const namespaces = new Map<string, { readonly links: Map<string, Iterable<string>>; byId: Map<string, Family> | undefined }>()
  return {
    of({ id, namespace }, ids) {
      const found = memo(namespaces, namespace, () => ({ links: new Map(), byId: undefined }))
      found.byId ??= familiesOf(ids, each => memo(found.links, each, () => linkedWith(each)))
      return memo(found.byId, id, () => [id])
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

/** Those of several groups, by the id of each. */
function familiesOf(ids: Iterable<string>, linkedWith: (id: string) => Iterable<string>): Map<string, Family> {
  const families = new Map<string, string[]>()
  for (const own of ids) {
    for (const id of linkedWith(own)) {
      if (id === own) continue
      const [one, another] = [memo(families, own, () => [own]), memo(families, id, () => [id])]
      if (one === another) continue
      // The smaller joins the larger, so that nobody is moved often.
      const [joining, joined] = one.length < another.length ? [one, another] : [another, one]
      for (const each of joining) {
        joined.push(each)
        families.set(each, joined)
      }
    }
  }
  return families
}
