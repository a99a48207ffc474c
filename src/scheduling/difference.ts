/**
 * What is advanced event by event and can be told apart from a computation from scratch: what stands on each node (`nodes`), pods by domain as the
 * scheduler model counts them (`counts`), groups as the planner holds them (`groups`), the budgets that cover a pod (`budgets`).
 */
export const VIEWS = ['nodes', 'counts', 'groups', 'budgets'] as const

/** Where a view says something else than the objects of the cluster do. */
export interface Difference {
  readonly view: (typeof VIEWS)[number]
  /** The node, group or budget. */
  readonly about: string
  readonly held: string
  readonly counted: string
}
