import type { Delta } from '../../cluster/cluster-state.ts'
import type { PodRecord } from '../../cluster/pod.ts'
import { recordKey } from '../../cluster/records.ts'
import type { Prediction } from '../../scheduling/prediction.ts'
import { createSchedulerModel } from '../../scheduling/create-scheduler-model.ts'
import type { SchedulerProfiles } from '../../scheduling/profile.ts'
import { withCondition } from '../conditions.ts'
import type { ControllerContext } from '../controllers/controller.ts'
import { boundTo } from '../pod-binding.ts'
import { createHiddenImages } from './hidden-images.ts'
import { drawDelay } from '../random.ts'
import type { SchedulerQuirks } from './scheduler-quirks.ts'
import { createSchedulingQueue } from './scheduling-queue.ts'
import { createStoreMirror } from '../store-mirror.ts'
import { createVolumeBinder } from './volume-binder.ts'
import { mayMakeRoom } from './wake-up-events.ts'

/** Places Pending pods one at a time, with the very model that the planner predicts with, on a view and with quirks of its own. */
export function runScheduler(context: ControllerContext, profiles: SchedulerProfiles, quirks: SchedulerQuirks): () => void {
  const { clock, objects, store, timings } = context
  const random = context.random.fork('scheduler')
  const hidden = createHiddenImages(random.between(0, 2 ** 31))
  const mirror = createStoreMirror(store, {
    clock,
    ...(quirks.lag === 0 ? {} : { lag: { delay: { min: quirks.lag, max: quirks.lag }, random } }),
    ...(quirks.hiddenImages ? { seenAs: record => hidden.seenAs(record) } : {}),
  })
  const model = createSchedulerModel(mirror.state, profiles)
  /** Pods placed in the model before the view shows them bound (cache.AssumePod). */
  const assumed = new Map<string, { readonly pod: PodRecord; readonly placed: PodRecord & { readonly nodeName: string } }>()
  let cancelCycle: (() => void) | undefined

  const arm = (): void => {
    cancelCycle ??= clock.after(drawDelay(random, timings.scheduling), () => {
      cancelCycle = undefined
      const key = queue.next()
      if (key === undefined) return
      schedule(key)
      arm()
    })
  }
  const queue = createSchedulingQueue(clock, timings.schedulingBackoff, timings.unschedulableFlush, arm)

  const assume = (pod: PodRecord, nodeName: string): void => {
    const placed = { ...pod, nodeName }
    model.imagine(pod, placed)
    assumed.set(recordKey(pod), { pod, placed })
  }

  /** Returns the node that the pod had been assumed on. */
  const forget = (key: string): string | undefined => {
    const assumption = assumed.get(key)
    if (assumption === undefined) return undefined
    assumed.delete(key)
    model.imagine(assumption.placed, assumption.pod)
    return assumption.placed.nodeName
  }

  const schedule = (key: string): void => {
    const pod = mirror.state.get('Pod', key)
    if (pod === undefined || !isToSchedule(pod)) return queue.remove(key)
    if (quirks.hiddenImages && hidden.learn(pod.spec.images)) mirror.review('Node')
    const prediction = model.predict(pod)
    if (prediction.kind !== 'placed') {
      queue.setAside(key)
      sayUnschedulable(pod, refusalOf(prediction, mirror.state.count('Node')))
      return
    }
    const nodeName = choose(prediction)
    assume(pod, nodeName)
    volumes.prepare(pod, nodeName)
  }

  const choose = ({ nodes }: Extract<Prediction, { kind: 'placed' }>): string => {
    const best = nodes[0]?.total ?? 0
    return random.pick(quirks.choice === 'best' ? nodes.filter(node => node.total === best) : nodes).name
  }

  const bind = (pod: PodRecord, nodeName: string): void => {
    let bound = false
    objects.update('pods', pod, current => {
      bound = current.metadata.uid === pod.uid && current.spec?.nodeName === undefined && current.metadata.deletionTimestamp === undefined
      return bound ? boundTo(current, nodeName, objects, clock.now()) : undefined
    })
    // An old view may offer a pod that has gone or been bound since; the place in the model must not stay taken.
    if (!bound) forget(recordKey(pod))
  }
  const volumes = createVolumeBinder(objects, mirror.state, {
    ready: bind,
    lost: pod => {
      forget(recordKey(pod))
      queue.setAside(recordKey(pod))
    },
  })

  const sayUnschedulable = (pod: PodRecord, message: string): void => {
    const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message } as const
    objects.update('pods', pod, current => {
      if (current.metadata.uid !== pod.uid || current.spec?.nodeName !== undefined) return undefined
      return { ...current, status: { ...current.status, conditions: withCondition(current.status?.conditions, condition, clock.now()) } }
    })
  }

  const isToSchedule = (pod: PodRecord): boolean =>
    pod.nodeName === undefined &&
    pod.deletedAt === undefined &&
    pod.phase === 'Pending' &&
    pod.spec.schedulingGates.length === 0 &&
    model.profileOf(pod) !== undefined

  const follow = (delta: Delta): void => {
    const assumedOn = delta.kind === 'Pod' ? forget(delta.key) : undefined
    model.advance(delta)
    const { before, after } = delta
    if (after?.kind === 'Pod') {
      if (!isToSchedule(after)) queue.remove(delta.key)
      else if (before?.kind === 'Pod' && before.uid === after.uid && assumedOn !== undefined) assume(after, assumedOn)
      else queue.add(delta.key, after.spec.priority)
    } else if (delta.kind === 'Pod') {
      queue.remove(delta.key)
    }
    volumes.follow(delta)
    if (mayMakeRoom(delta)) queue.wake()
  }

  for (const pod of mirror.state.pods()) if (isToSchedule(pod)) queue.add(recordKey(pod), pod.spec.priority)
  const unsubscribe = mirror.subscribe(follow)
  return () => {
    unsubscribe()
    mirror.stop()
    queue.stop()
    cancelCycle?.()
  }
}

/** "0/9 nodes are available: 3 node(s) had untolerated taint(s), 6 Insufficient cpu." (framework FitError) */
function refusalOf(prediction: Exclude<Prediction, { kind: 'placed' }>, nodes: number): string {
  if (prediction.kind === 'unpredictable') return prediction.problem
  const reasons = prediction.refusals.map(refusal => `${refusal.nodes} ${refusal.message}`).sort()
  return `0/${nodes} nodes are available: ${reasons.join(', ')}.`
}
