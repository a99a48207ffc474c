/** Ids of the groups that count some member of the group with this id, itself among them. */
export type LinkedWith = (id: string) => readonly string[]

/**
 * Groups that one eviction can change together: linked by pods that they both count, be it through a third group. By group id: the number of its
 * family.
 */
export function familiesOf(ids: Iterable<string>, linkedWith: LinkedWith): ReadonlyMap<string, number> {
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
  const numbers = new Map<string, number>()
  for (const id of all) if (!numbers.has(root(id))) numbers.set(root(id), numbers.size)
  return new Map(all.map(id => [id, numbers.get(root(id)) ?? 0]))
}
