import type { GroupPlan, Plan } from '../../src/planning/plan-types.ts'

/** As plain data. What a group without moves says of room may be as old as its last change. */
export function written({ leftAlone, groups, ...rest }: Plan): unknown {
  const group = ({ reachableBound, ...others }: GroupPlan, { domains, memberUids, memberNames, risk }: GroupPlan) => ({
    ...others,
    memberUids,
    memberNames,
    risk,
    domains: domains.map(({ name, count, countAfter }) => [name, count, countAfter]),
    bound: others.planned > 0 ? reachableBound : undefined,
  })
  return {
    ...rest,
    summary: { ...rest.summary, reachableBound: 0 },
    groups: groups.map(each => group(each, each)),
    leftAlone: [...leftAlone],
  }
}
