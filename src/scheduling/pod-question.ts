import type { ClusterReader } from '../cluster/cluster-state.ts'
import { selectorKey } from '../cluster/label-selector.ts'
import { affinityTerms, type PodRecord, type PodSpec } from '../cluster/pod.ts'
import { createTemplateMemo } from './template-memo.ts'
import { eligibilityFor, type Eligibility } from './eligibility.ts'
import type { SchedulerProfile, SchedulerProfiles } from './profile.ts'
import type { EffectiveConstraint } from './scheduler-model.ts'
import { effectiveConstraints, needsAllSoftKeys } from './spread-constraints.ts'

/** A constraint with what it takes to look its counts up. */
export interface SpreadQuestion {
  readonly constraint: EffectiveConstraint
  readonly eligibility: Eligibility
  readonly selectorKey: string
}

/** What replicas of one template with the same labels ask of the scheduler, worked out once. */
export interface PodQuestion {
  readonly constraints: readonly EffectiveConstraint[]
  readonly hard: readonly SpreadQuestion[]
  readonly soft: readonly SpreadQuestion[]
  readonly needsAllSoftKeys: boolean
  /** Why no prediction is made, in one sentence; undefined when one can be. */
  readonly problem: string | undefined
}

/** The questions of pods; {@link forget} when what default constraints derive selectors from has changed: Services and owners. */
export interface PodQuestions {
  of(pod: PodRecord): PodQuestion
  forget(): void
}

export function createPodQuestions(cluster: ClusterReader, profiles: SchedulerProfiles): PodQuestions {
  let known = createTemplateMemo<PodQuestion>(cluster)
  return {
    of: pod => known.of(pod, () => questionOf(cluster, profiles.get(pod.spec.schedulerName), pod)),
    forget() {
      known = createTemplateMemo(cluster)
    },
  }
}

function questionOf(cluster: ClusterReader, profile: SchedulerProfile | undefined, pod: PodRecord): PodQuestion {
  if (profile === undefined) {
    return {
      constraints: [],
      hard: [],
      soft: [],
      needsAllSoftKeys: true,
      problem: `no profile is known for its scheduler ${pod.spec.schedulerName}`,
    }
  }
  const constraints = effectiveConstraints(cluster, profile, pod)
  const questions = constraints.map(constraint => ({
    constraint,
    eligibility: eligibilityFor(profile, pod, constraints, constraint),
    selectorKey: selectorKey(constraint.selector),
  }))
  return {
    constraints,
    hard: questions.filter(({ constraint }) => constraint.whenUnsatisfiable === 'DoNotSchedule'),
    soft: questions.filter(({ constraint }) => constraint.whenUnsatisfiable === 'ScheduleAnyway'),
    needsAllSoftKeys: needsAllSoftKeys(profile, pod),
    problem: problemOf(pod.spec, constraints),
  }
}

function problemOf(spec: PodSpec, constraints: readonly EffectiveConstraint[]): string | undefined {
  if (spec.problems.length > 0) return `its spec could not be read: ${spec.problems.join('; ')}`
  if (spec.usesResourceClaims) return 'it uses resource claims, whose allocation is not modelled'
  for (const { selector, topologyKey } of constraints) {
    if (selector.kind === 'invalid') return `the selector of its constraint over ${topologyKey} is not valid: ${selector.problem}`
  }
  for (const { selector, namespaceSelector, topologyKey } of affinityTerms(spec)) {
    const invalid = [selector, namespaceSelector].find(each => each?.kind === 'invalid')
    if (invalid?.kind === 'invalid') return `a selector of its pod affinity over ${topologyKey} is not valid: ${invalid.problem}`
  }
  // Among required terms a broken one matches no node; a broken preference is an error of the scheduler, which tries the pod again for ever.
  for (const { term } of spec.preferredNodeAffinity) {
    if (term.kind === 'invalid')
      return `a preferred term of its node affinity is not valid, so that it cannot be scheduled: ${term.problem}`
  }
  return undefined
}
