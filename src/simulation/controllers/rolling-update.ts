/** One ReplicaSet of a Deployment as the roll-out sees it: what it asks for and what it has. */
export interface SetSize {
  readonly name: string
  /** spec.replicas */
  readonly wanted: number
  /** status.availableReplicas */
  readonly available: number
}

export interface RolloutBounds {
  readonly replicas: number
  readonly maxSurge: number
  readonly maxUnavailable: number
}

/** spec.replicas to write, by name of the ReplicaSet; only what changes. */
export type ScaleIntents = ReadonlyMap<string, number>

/**
 * maxSurge (rounded up) and maxUnavailable (rounded down) as numbers of pods. Both 0 would never get anywhere, so that one may be
 * unavailable (deployment_util.go ResolveFenceposts).
 */
export function rolloutBounds(
  replicas: number,
  maxSurge: number | string | undefined,
  maxUnavailable: number | string | undefined,
): RolloutBounds {
  const surge = scaled(maxSurge ?? '25%', replicas, Math.ceil)
  const unavailable = scaled(maxUnavailable ?? '25%', replicas, Math.floor)
  return { replicas, maxSurge: surge, maxUnavailable: surge === 0 && unavailable === 0 ? 1 : unavailable }
}

function scaled(value: number | string, total: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value
  const percent = Number.parseInt(value, 10)
  return Number.isNaN(percent) ? 0 : round((percent * total) / 100)
}

/**
 * The next step of a RollingUpdate: first grow the new ReplicaSet as far as the surge allows, and only when that changes nothing shrink the
 * old ones as far as the available pods allow (rolling.go; one kind of step a sync). `old` is in order of creation.
 */
export function nextRolloutStep(bounds: RolloutBounds, current: SetSize, old: readonly SetSize[]): ScaleIntents {
  const grown = newSetSize(bounds, current, old)
  if (grown !== current.wanted) return new Map([[current.name, grown]])
  return shrinkOldSets(bounds, current, old)
}

/** deployment_util.go NewRSNewReplicas: also what a ReplicaSet is created with. */
export function newSetSize(bounds: RolloutBounds, current: Pick<SetSize, 'wanted'>, old: readonly SetSize[]): number {
  if (current.wanted >= bounds.replicas) return bounds.replicas
  const room = bounds.replicas + bounds.maxSurge - current.wanted - sum(old, set => set.wanted)
  return room <= 0 ? current.wanted : Math.min(current.wanted + room, bounds.replicas)
}

function shrinkOldSets(bounds: RolloutBounds, current: SetSize, old: readonly SetSize[]): ScaleIntents {
  const minimum = bounds.replicas - bounds.maxUnavailable
  const total = current.wanted + sum(old, set => set.wanted)
  // Pods of the new set that are not available yet are counted as if they never will be.
  const spare = total - minimum - (current.wanted - current.available)
  const intents = new Map<string, number>()
  if (spare <= 0) return intents

  // Pods that are not available anyway go first: taking them away costs nothing.
  let taken = 0
  for (const set of old) {
    const unhealthy = Math.min(spare - taken, set.wanted - set.available)
    if (unhealthy <= 0) continue
    taken += unhealthy
    intents.set(set.name, set.wanted - unhealthy)
  }

  let removable = current.available + sum(old, set => set.available) - minimum
  for (const set of old) {
    const wanted = intents.get(set.name) ?? set.wanted
    const count = Math.min(wanted, removable)
    if (count <= 0) continue
    removable -= count
    intents.set(set.name, wanted - count)
  }
  return intents
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}
