import { nameOfKey } from '../cluster/records.ts'
import { withCondition } from './conditions.ts'
import { watch, type ControllerContext, type WatchedEvent } from './controllers/controller.ts'
import { isReady, isTerminal, isTerminating } from './pod-facts.ts'
import { withContainers, type ContainerState } from './pod-status.ts'
import { drawDelay } from './random.ts'
import { keyOf } from './sorted-objects.ts'
import type { NodeObject, PodObject } from './wire-objects.ts'

/** An annotation of the pod template that makes its pods misbehave: `NeverReady` or `CrashLoop`. */
export const BEHAVIOUR_ANNOTATION = 'embedded.respread.io/behaviour'

/** The kubelets of all nodes. A node is up from the moment its object appears until it fails; failures count before the start too. */
export interface Kubelets {
  /** The kubelet and everything on its node falls silent: power, network or zone. */
  fail(nodeName: string): void
  recover(nodeName: string): void
  /** When the node's lease was last renewed, in milliseconds since the epoch. Stands in for the Lease objects of kube-node-lease. */
  lastHeartbeat(nodeName: string): number
  start(): void
  stop(): void
}

/** What a pod goes through on its node; each step is planned once and dropped when the node fails. */
type Step = 'start' | 'ready' | 'crash' | 'stop'

/** Bound pods become Running and Ready, terminating ones go, nodes report Ready (pkg/kubelet). */
export function createKubelets(context: ControllerContext): Kubelets {
  const { clock, objects, store, timings } = context
  const random = context.random.fork('kubelet')
  const down = new Map<string, { readonly since: number }>()
  const planned = new Map<string, { readonly step: Step; readonly node: string; readonly cancel: () => void }>()
  const reporting = new Map<string, () => void>()

  const syncPod = (pod: PodObject): void => {
    const node = pod.spec?.nodeName
    const key = keyOf(pod)
    if (node === undefined || down.has(node) || isTerminal(pod) || objects.get('nodes', undefined, node) === undefined) return
    const step = nextStep(pod)
    if (planned.get(key)?.step === step) return
    dropPlan(key)
    if (step === undefined) return
    const cancel = clock.after(delayOf(step, pod), () => {
      planned.delete(key)
      takeStep(key, pod.metadata.uid, step)
    })
    planned.set(key, { step, node, cancel })
  }

  const dropPlan = (key: string): void => {
    planned.get(key)?.cancel()
    planned.delete(key)
  }

  const delayOf = (step: Step, pod: PodObject): number => {
    switch (step) {
      case 'start':
        return drawDelay(random, timings.podStart)
      case 'ready':
      case 'crash':
        return drawDelay(random, timings.podReady)
      case 'stop':
        return Math.min(drawDelay(random, timings.podStop), (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1_000)
    }
  }

  const takeStep = (key: string, uid: string | undefined, step: Step): void => {
    const { namespace, name } = nameOfKey(key)
    if (step === 'stop') {
      store.remove('pods', namespace, name, uid)
      return
    }
    const state: Readonly<Record<Exclude<Step, 'stop'>, ContainerState>> = { start: 'started', ready: 'ready', crash: 'crashLooping' }
    objects.update('pods', { name, ...(namespace === undefined ? {} : { namespace }) }, pod =>
      pod.metadata.uid === uid ? withContainers(pod, state[step], clock.now()) : undefined,
    )
  }

  /** A kubelet that starts, or starts again, reports its node Ready after a while. */
  const reportReady = (node: NodeObject): void => {
    const { name } = node.metadata
    const isReported = node.status?.conditions?.some(condition => condition.type === 'Ready' && condition.status === 'True') ?? false
    if (isReported || down.has(name) || reporting.has(name)) return
    const cancel = clock.after(drawDelay(random, timings.nodeReady), () => {
      reporting.delete(name)
      objects.update('nodes', { name }, current => {
        const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' } as const
        return { ...current, status: { ...current.status, conditions: withCondition(current.status?.conditions, ready, clock.now()) } }
      })
    })
    reporting.set(name, cancel)
  }

  const forgetNode = (name: string): void => {
    reporting.get(name)?.()
    reporting.delete(name)
    for (const [key, plan] of planned) if (plan.node === name) dropPlan(key)
  }

  const syncPodsOf = (name: string): void => {
    for (const pod of objects.list('pods')) if (pod.spec?.nodeName === name) syncPod(pod)
  }

  const syncNode = (name: string): void => {
    const node = objects.get('nodes', undefined, name)
    if (node === undefined) {
      forgetNode(name)
      down.delete(name)
    } else {
      reportReady(node)
    }
  }

  const follow = ({ type, resource, object }: WatchedEvent): void => {
    const { namespace, name } = object.metadata
    if (resource === 'nodes') {
      syncNode(name)
      if (type === 'ADDED') syncPodsOf(name)
      return
    }
    const pod = type === 'DELETED' ? undefined : objects.get('pods', namespace, name)
    if (pod === undefined) dropPlan(keyOf(object))
    else syncPod(pod)
  }
  let stopWatching = (): void => undefined

  return {
    fail: nodeName => {
      if (down.has(nodeName)) return
      down.set(nodeName, { since: clock.now() })
      forgetNode(nodeName)
    },
    recover: nodeName => {
      if (!down.delete(nodeName)) return
      syncNode(nodeName)
      syncPodsOf(nodeName)
    },
    lastHeartbeat: nodeName => {
      const silentSince = down.get(nodeName)?.since ?? clock.now()
      return silentSince - (silentSince % timings.heartbeat)
    },
    start: () => {
      stopWatching = watch(store, ['nodes', 'pods'], follow)
    },
    stop: () => {
      stopWatching()
      for (const { cancel } of planned.values()) cancel()
      for (const cancel of reporting.values()) cancel()
      planned.clear()
      reporting.clear()
    },
  }
}

function nextStep(pod: PodObject): Step | undefined {
  if (isTerminating(pod)) return 'stop'
  if (pod.status?.phase !== 'Running') return 'start'
  const behaviour = pod.metadata.annotations?.[BEHAVIOUR_ANNOTATION]
  if (behaviour === 'CrashLoop') return pod.status.containerStatuses?.some(container => container.restartCount > 0) ? undefined : 'crash'
  return isReady(pod) || behaviour === 'NeverReady' ? undefined : 'ready'
}
