import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { Expectation } from './expectations.ts'
import { isReplicaOwner } from '../scheduling/controller-record.ts'
import { findReplacement, hasEnded, wantsReplacement } from './replacements.ts'

/** What the watch has shown about an eviction since the last look; each is told once. */
export type Sighting =
  | { readonly kind: 'Leaving'; readonly expectation: Expectation }
  | { readonly kind: 'Landed'; readonly expectation: Expectation; readonly replacement: PodRecord; readonly domain: string | undefined }
  | { readonly kind: 'Ready'; readonly expectation: Expectation; readonly replacement: PodRecord }
  | { readonly kind: 'Overdue'; readonly expectation: Expectation; readonly replacement: PodRecord | undefined }
  | { readonly kind: 'NotReplaced'; readonly expectation: Expectation }
  | { readonly kind: 'NotEvicted'; readonly expectation: Expectation }

export interface Deadlines {
  /** An unanswered request can still take effect for so long, in milliseconds. */
  readonly evictionRequestDeadline: number
  readonly replacementDeadline: number
}

/**
 * Compares every expectation with the cluster as it is now, whatever happened in between: called again without a change it sees nothing.
 *
 * @param provenAt the time up to which the cluster's pods are known; deadlines are judged by it, so that a stalled watch lets none pass
 */
export function observe(
  expectations: readonly Expectation[],
  cluster: ClusterReader,
  provenAt: number,
  deadlines: Deadlines,
): { readonly open: readonly Expectation[]; readonly sightings: readonly Sighting[] } {
  const sightings: Sighting[] = []
  const taken = new Set(expectations.flatMap(({ uid, replacementUid }) => (replacementUid === undefined ? [uid] : [uid, replacementUid])))
  let open: readonly Expectation[] = expectations
  for (const { uid } of expectations) {
    const before = open.find(candidate => candidate.uid === uid)
    if (before === undefined) continue
    const others = open.filter(other => other.controllerUid === before.controllerUid && other.uid !== uid)
    const rivals = (born: string): number =>
      others.filter(({ replacementUid, notReplacements }) => replacementUid === undefined && !notReplacements.includes(born)).length
    const { expectation, closed, seen } = look(before, cluster, { taken, rivals, provenAt }, deadlines)
    sightings.push(...seen)
    if (expectation.replacementUid !== undefined) taken.add(expectation.replacementUid)
    open = closed ? without(open, expectation) : open.map(candidate => (candidate.uid === uid ? expectation : candidate))
  }
  return { open, sightings }
}

interface Look {
  readonly expectation: Expectation
  readonly closed: boolean
  readonly seen: readonly Sighting[]
}

interface Surroundings {
  /** Uids of evicted pods and of replacements already known. */
  readonly taken: ReadonlySet<string>
  /** How many other evictions the pod may be the replacement of. */
  readonly rivals: (uid: string) => number
  readonly provenAt: number
}

function look(before: Expectation, cluster: ClusterReader, { taken, rivals, provenAt }: Surroundings, deadlines: Deadlines): Look {
  const seen: Sighting[] = []
  let expectation = before
  const done = (closed: boolean): Look => ({ expectation, closed, seen })

  const namesake = cluster.pod(before.namespace, before.pod)
  const pod = namesake?.uid === before.uid ? namesake : undefined
  const leaving = pod === undefined || pod.deletedAt !== undefined
  if (expectation.stage === 'Requested') return done(false)
  if (expectation.stage === 'Unanswered' && !leaving) {
    if (provenAt < expectation.since + deadlines.evictionRequestDeadline) return done(false)
    seen.push({ kind: 'NotEvicted', expectation })
    return done(true)
  }
  if (expectation.stage === 'Unanswered') {
    expectation = { ...expectation, stage: 'Evicted', since: provenAt }
    seen.push({ kind: 'Leaving', expectation })
  }
  if (!leaving) {
    // Accepted, and without effect so far: whoever is in front of the API server may have answered in its place.
    if (!expectation.overdue && provenAt > dueAt(expectation, deadlines)) {
      expectation = { ...expectation, overdue: true }
      seen.push({ kind: 'Overdue', expectation, replacement: undefined })
    }
    return done(false)
  }
  // When its deletion began may seem earlier than it was: the kubelet, done with the pod, cuts the rest of its grace period off.
  if (pod?.deletedAt !== undefined && expectation.leavesAt === undefined) {
    const beganAt = pod.deletedAt - pod.spec.terminationGracePeriodSeconds * 1000
    const bornAfter = Math.max(expectation.bornFloor, Math.min(expectation.bornAfter, beganAt))
    expectation = { ...expectation, leavesAt: pod.deletedAt, bornAfter }
  }

  const isDue = provenAt > dueAt(expectation, deadlines)
  const isComplete = !wantsReplacement(expectation, cluster)
  const isThere = isComplete || (isDue && !isReplicaOwner(expectation.controller))
  const replacement = findReplacement(expectation, cluster, taken, rivals, isThere)
  expectation = { ...expectation, replacementUid: replacement?.uid }
  if (replacement === undefined && (isComplete || (isDue && hasEnded(expectation, cluster)))) {
    seen.push({ kind: 'NotReplaced', expectation })
    return done(true)
  }
  if (replacement?.nodeName !== undefined && expectation.landedIn === undefined) {
    const domain = cluster.node(replacement.nodeName)?.labels.get(expectation.topologyKey)
    expectation = { ...expectation, landedIn: domain ?? '' }
    seen.push({ kind: 'Landed', expectation, replacement, domain })
  }
  if (replacement?.ready === true) {
    seen.push({ kind: 'Ready', expectation, replacement })
    return done(true)
  }
  if (!expectation.overdue && isDue) {
    expectation = { ...expectation, overdue: true }
    seen.push({ kind: 'Overdue', expectation, replacement })
  }
  return done(false)
}

/**
 * A StatefulSet makes the replacement only when the old pod is gone, so its grace period is not the replacement's fault; an owner that nobody knows
 * may do so too.
 */
function dueAt({ since, leavesAt = since, controller }: Expectation, { replacementDeadline }: Deadlines): number {
  const comesAtOnce = isReplicaOwner(controller) && controller.kind !== 'StatefulSet'
  return Math.max(since, comesAtOnce ? since : leavesAt) + replacementDeadline
}

/** Takes a closed one out; the others of its controller remember that its replacement is not theirs. */
function without(open: readonly Expectation[], closed: Expectation): readonly Expectation[] {
  const { replacementUid } = closed
  return open
    .filter(candidate => candidate.uid !== closed.uid)
    .map(candidate =>
      replacementUid !== undefined && candidate.controllerUid === closed.controllerUid
        ? { ...candidate, notReplacements: [...candidate.notReplacements, replacementUid] }
        : candidate,
    )
}
