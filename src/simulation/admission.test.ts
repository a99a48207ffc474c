import { describe, expect, it } from 'vitest'
import { admit } from './admission.ts'
import { nodeManifest } from './manifests.ts'
import type { RawObject } from './object-store.ts'
import type { PodObject, PriorityClassObject } from './wire-objects.ts'

type Lookup = Parameters<typeof admit>[2]

const CLASSES: readonly PriorityClassObject[] = [
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' }, value: 1_000, preemptionPolicy: 'Never' },
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'usual' }, value: 10, globalDefault: true },
]

function admitted(spec: PodObject['spec'], labels: Record<string, string> = {}, classes = CLASSES): PodObject['spec'] {
  const pod: RawObject = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop', name: 'web', labels }, spec }
  const list = (() => classes) as unknown as Lookup['list']
  return (admit('pods', pod, { list, get: () => undefined }, 300_000) as PodObject).spec
}

describe('admission of pods', () => {
  it('fills in what the scheduler and the kubelet read', () => {
    expect(admitted({})).toMatchObject({
      schedulerName: 'default-scheduler',
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
    })
  })

  it.each<[string, PodObject['spec'], readonly PriorityClassObject[], number, string]>([
    ['of its class', { priorityClassName: 'high' }, CLASSES, 1_000, 'Never'],
    ['of the global default', {}, CLASSES, 10, 'PreemptLowerPriority'],
    ['0 without any class', {}, [], 0, 'PreemptLowerPriority'],
    [
      'of a system class, which every cluster has',
      { priorityClassName: 'system-node-critical' },
      [],
      2_000_001_000,
      'PreemptLowerPriority',
    ],
  ])('gives it the priority %s', (_name, spec, classes, priority, preemptionPolicy) => {
    expect(admitted(spec, {}, classes)).toMatchObject({ priority, preemptionPolicy })
  })

  it('lets it put up with a lost node for five minutes, unless it says otherwise', () => {
    const own = { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 } as const

    expect(admitted({ tolerations: [own] })?.tolerations).toEqual([
      own,
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    ])
    expect(admitted({ tolerations: [{ operator: 'Exists' }] })?.tolerations).toEqual([{ operator: 'Exists' }])
  })

  it('writes its own values of matchLabelKeys into the selector, those that it has', () => {
    const constraint = { topologyKey: 'zone', matchLabelKeys: ['rev', 'missing'], labelSelector: { matchLabels: { app: 'web' } } }

    expect(admitted({ topologySpreadConstraints: [constraint] }, { rev: '7' })?.topologySpreadConstraints).toEqual([
      {
        ...constraint,
        labelSelector: { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'rev', operator: 'In', values: ['7'] }] },
      },
    ])
  })

  it('leaves a constraint without selector as it is', () => {
    const constraint = { topologyKey: 'zone', matchLabelKeys: ['rev'] }

    expect(admitted({ topologySpreadConstraints: [constraint] }, { rev: '7' })?.topologySpreadConstraints).toEqual([constraint])
  })

  it('labels a pod that comes bound with the zone of its node', () => {
    const node = nodeManifest({ name: 'n1', zone: 'a', ready: true })
    const get = ((_resource: string, _namespace: undefined, name: string) => (name === 'n1' ? node : undefined)) as unknown as Lookup['get']
    const labelsOn = (nodeName: string): unknown => {
      const pod: RawObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { nodeName } }
      return admit('pods', pod, { list: () => [], get }, 300_000).metadata.labels
    }

    expect(labelsOn('n1')).toEqual({ 'topology.kubernetes.io/zone': 'a' })
    expect(labelsOn('n2')).toBeUndefined()
  })
})
