import type { PodRecord } from '../cluster/pod.ts'
import { recordKey } from '../cluster/records.ts'
import type { Difference } from '../scheduling/difference.ts'
import type { EffectiveConstraint } from '../scheduling/scheduler-model.ts'
import { effectiveConstraints } from '../scheduling/spread-constraints.ts'
import type { HeldGroup, HeldGroups } from './held-groups.ts'
import { createGroupKeys, isMember } from './groups.ts'
import type { World } from './plan.ts'
import { ownersOf } from './workloads.ts'

/** Compares who the planner holds to be in which group with what the pods themselves say. Good for one state of the cluster. */
export interface MemberCheck {
  /** Members of a group that are none. */
  strays(id: string, held: HeldGroup): readonly Difference[]
  /** Groups of a pod that it is missing from. */
  missing(pod: PodRecord, groups: HeldGroups): readonly Difference[]
}

export function createMemberCheck({ cluster, model }: World): MemberCheck {
  // The model remembers the constraints of pods until it is told to forget them; here they are read anew.
  const keys = createGroupKeys({
    cluster,
    profileOf: pod => model.profileOf(pod),
    constraintsOf: pod => {
      const profile = model.profileOf(pod)
      return profile === undefined ? [] : effectiveConstraints(cluster, profile, pod)
    },
  })

  return {
    strays(id, { members, constraint, state }) {
      const found: Difference[] = []
      const listed = state?.group.members ?? [...members.values()]
      // Once by name and once in the order of names: they are to be the same.
      for (const pod of new Set([...members.values(), ...listed])) {
        const now = cluster.pod(pod.namespace, pod.name)
        if (now === pod && isMember(cluster, pod) && keys.of(pod).some(key => key.id === id)) continue
        const counted = now === undefined ? 'no such pod' : now === pod ? 'it is no member' : `it is another by now (${now.uid})`
        found.push({ view: 'groups', about: groupName(cluster, pod, constraint), held: `with ${called(pod)}`, counted })
      }
      const [first] = listed
      if (first !== undefined && listed.length !== members.size) {
        const about = groupName(cluster, first, constraint)
        found.push({ view: 'groups', about, held: `${listed.length} members`, counted: `${members.size} members` })
      }
      return found
    },
    missing(pod, groups) {
      if (!isMember(cluster, pod)) return []
      return keys.of(pod).flatMap(({ id, constraint }): readonly Difference[] => {
        if (groups.of(id)?.members.get(pod.name) === pod) return []
        return [{ view: 'groups', about: groupName(cluster, pod, constraint), held: `without ${called(pod)}`, counted: 'with it' }]
      })
    },
  }
}

/** What a group with this pod is called for people: shop/web over topology.kubernetes.io/zone. */
export function groupName(cluster: World['cluster'], pod: PodRecord, { topologyKey }: EffectiveConstraint): string {
  return `${pod.namespace}/${ownersOf(cluster, pod).name.name} over ${topologyKey}`
}

function called(pod: PodRecord): string {
  return `pod ${recordKey(pod)} (${pod.uid})`
}
