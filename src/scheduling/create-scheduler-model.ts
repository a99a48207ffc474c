import type { ClusterReader } from '../cluster/cluster-state.ts'
import { selectorKey } from '../cluster/label-selector.ts'
import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { isAboutToGo } from './about-to-go.ts'
import { createClusterViews } from './cluster-views.ts'
import { eligibilityFor } from './eligibility.ts'
import { explainPlacement, type WithNominated } from './explain.ts'
import { asked, feasibilityOf, passesButForSpread, refusalOn, type Feasibility } from './feasibility.ts'
import { FILTERS } from './default-plugins.ts'
import { createNodeAnswers, OTHER_FILTERS } from './node-answers.ts'
import type { NodeInfo } from './node-info.ts'
import { createPlaces } from './places.ts'
import type { PluginContext } from './plugin.ts'
import { predictPlacement } from './predict.ts'
import { DEFAULT_PROFILE, type SchedulerProfile, type SchedulerProfiles } from './profile.ts'
import { createReplacements } from './replacements.ts'
import type { SchedulerModel } from './scheduler-model.ts'
import { createScoreSheet } from './score-sheet.ts'
import { spreadCountOf } from './spread-count.ts'
import { expelsLater } from './taints.ts'

/** kube-scheduler's view of the cluster as it is now, to be advanced by every later delta of it. Costs one pass over nodes and pods. */
export function createSchedulerModel(cluster: ClusterReader, profiles: SchedulerProfiles): SchedulerModel {
  const views = createClusterViews(cluster, profiles)
  const { table, questions } = views
  const answers = createNodeAnswers(table, views.images)
  const places = createPlaces()
  const sheet = createScoreSheet()
  const replacements = createReplacements(cluster)
  const contexts = new Map<SchedulerProfile, PluginContext>()
  /** The pod last asked about: callers go through many nodes with one pod. */
  let latest: { readonly pod: PodRecord; readonly feasibility: Feasibility } | undefined

  const profileOf: SchedulerModel['profileOf'] = pod => profiles.get(pod.spec.schedulerName)
  const info: SchedulerModel['info'] = nodeName => table.slots[table.slotOf(nodeName) ?? -1]
  const infoAt = (slot: number): NodeInfo | undefined => table.slots[slot]

  // Whether a node would have a pod is asked of pods of other schedulers too; the default profile is the best guess then.
  const contextFor = (pod: PodRecord): PluginContext => {
    const profile = profileOf(pod) ?? DEFAULT_PROFILE
    return memo(contexts, profile, () => {
      const infos = { [Symbol.iterator]: () => table.infos()[Symbol.iterator]() }
      return { cluster, profile, affinity: views.affinity, infoAt, infos }
    })
  }

  const feasibilityNow = (pod: PodRecord, context = contextFor(pod), own = answers.of(context, pod)): Feasibility =>
    feasibilityOf(views, context, own, pod)
  /** Asks the same filters anew, on what has been imagined since. */
  const askAgain = (pod: PodRecord, feasibility: Feasibility): Feasibility => {
    const context = contextFor(pod)
    return feasibilityOf(views, context, answers.of(context, pod), pod, asked(feasibility))
  }
  const feasibilityFor = (pod: PodRecord): Feasibility => {
    if (latest?.pod !== pod) latest = { pod, feasibility: feasibilityNow(pod) }
    return latest.feasibility
  }

  const withNominated: WithNominated = (pod, nodeName, question) => {
    const nominated = views.nominations.before(pod, nodeName)
    if (nominated.length === 0) return undefined
    const placed = nominated.map(each => ({ before: each, after: { ...each, nodeName } }))
    for (const { before, after } of placed) views.change(before, after)
    const answer = question()
    for (const { before, after } of placed) views.change(after, before)
    // The answers have seen what was imagined.
    answers.of(contextFor(pod), pod)
    return answer
  }

  const refusalOnNode: SchedulerModel['refusalOn'] = (pod, nodeName) => {
    const slot = table.slotOf(nodeName)
    const node = info(nodeName)?.node
    if (slot === undefined || node === undefined) return NO_SUCH_NODE
    if (isAboutToGo(node)) return ABOUT_TO_GO
    if (expelsLater(node.taints, pod.spec.tolerations)) return EXPELS_LATER
    const feasibility = feasibilityFor(pod)
    return (
      refusalOn(feasibility, slot, 'PodTopologySpread') ??
      withNominated(pod, nodeName, () => refusalOn(askAgain(pod, feasibility), slot, 'PodTopologySpread'))
    )
  }

  return {
    cluster,
    advance(delta) {
      latest = undefined
      // What an owner makes is read from it and from what admission reads; neither pods nor nodes are among that.
      if (delta.kind !== 'Pod' && delta.kind !== 'Node') replacements.forget()
      views.advance(delta)
    },
    imagine(before, after) {
      latest = undefined
      views.change(before, after)
    },
    profileOf,
    constraintsOf: pod => questions.of(pod).constraints,
    spreadOf(pod, constraint) {
      const { constraints, hard, soft } = questions.of(pod)
      const known = [...hard, ...soft].find(each => each.constraint === constraint)
      const question = known ?? {
        constraint,
        eligibility: eligibilityFor(contextFor(pod).profile, pod, constraints, constraint),
        selectorKey: selectorKey(constraint.selector),
      }
      return spreadCountOf(table.layout(), views.spread, pod.namespace, question)
    },
    nodeSlots: () => ({ length: table.slots.length, slotOf: table.slotOf }),
    nodeNames: () => Array.from(table.infos(), ({ node }) => node.name),
    podsOn: nodeName => table.podsOn(nodeName),
    strays: () => table.strays(),
    info,
    refusalOn: refusalOnNode,
    roomFor(pod) {
      const context = contextFor(pod)
      const room = answers.roomFor(context, pod)
      const wantsNoneBeside = pod.spec.podAntiAffinity.required.length > 0
      if (!wantsNoneBeside && views.nominations.isEmpty() && !readsMore(context, pod)) return room
      const feasibility = feasibilityFor(pod)
      const promised = new Set(views.nominations.nodes().map(name => table.slotOf(name)))
      return room.map((copies, slot) => {
        if (copies === 0 || !passesButForSpread(feasibility, slot)) return 0
        const name = table.layout().names[slot] ?? ''
        if (promised.has(slot) && refusalOnNode(pod, name) !== undefined) return 0
        return wantsNoneBeside ? 1 : copies
      })
    },
    predict(pod, distinction) {
      const context = contextFor(pod)
      const own = answers.of(context, pod)
      const feasibility = feasibilityNow(pod, context, own)
      const question = {
        views,
        context,
        answers: own,
        places,
        sheet,
        feasibility,
        askAgain: () => askAgain(pod, feasibility),
        withNominated,
      }
      return predictPlacement(question, pod, distinction)
    },
    unpredictable: pod => questions.of(pod).problem,
    explain: pod => explainPlacement(views, contextFor(pod), pod, withNominated),
    replacementOf: pod => replacements.of(pod),
  }
}

/** Whether a filter other than the pod's own and PodTopologySpread has something to say about it. */
function readsMore(context: PluginContext, pod: PodRecord): boolean {
  return OTHER_FILTERS.some(plugin => plugin !== 'PodTopologySpread' && FILTERS[plugin](context, pod) !== undefined)
}

const NO_SUCH_NODE = { plugin: 'NodeName', status: 'UnschedulableAndUnresolvable', message: 'there is no such node' } as const
const ABOUT_TO_GO = { plugin: 'NodeUnschedulable', status: 'Unschedulable', message: 'node(s) are about to be removed' } as const
const EXPELS_LATER = {
  plugin: 'TaintToleration',
  status: 'Unschedulable',
  message: 'node(s) had a taint that the pod tolerates for a limited time only',
} as const
