/** Lets the first `most` different names pass and calls all others `Other`, so that a label cannot grow without end. */
export function createBoundedNames(most: number): (name: string) => string {
  const known = new Set<string>()
  return name => {
    if (known.has(name)) return name
    if (known.size >= most) return 'Other'
    known.add(name)
    return name
  }
}
