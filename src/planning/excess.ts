/** What excess is computed from: counts by domain and the two numbers of the constraint. */
export interface SpreadRule {
  readonly maxSkew: number
  /** 1 when the constraint states none; soft constraints never do. */
  readonly minDomains: number
}

/** 0 with fewer domains than minDomains, as kube-scheduler's minMatchNum (podtopologyspread/filtering.go, 1.36), else the lowest count. */
function globalMinimum(counts: ArrayLike<number>, rule: SpreadRule): number {
  if (counts.length === 0 || counts.length < rule.minDomains) return 0
  let lowest = Infinity
  for (let i = 0; i < counts.length; i++) lowest = Math.min(lowest, counts[i] ?? 0)
  return lowest
}

/** Sum over domains of max(0, count - global minimum - maxSkew). An eviction helps if and only if this falls. */
export function excessOf(counts: ArrayLike<number>, rule: SpreadRule): number {
  const allowed = globalMinimum(counts, rule) + rule.maxSkew
  let excess = 0
  for (let i = 0; i < counts.length; i++) excess += Math.max(0, (counts[i] ?? 0) - allowed)
  return excess
}
