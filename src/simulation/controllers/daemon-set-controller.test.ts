import { describe, expect, it } from 'vitest'
import { createControllerWorld, type ControllerWorld } from '../../../test/support/controller-world.ts'
import { nodeManifest } from '../manifests.ts'
import type { DaemonSetObject, WireTaint } from '../wire-objects.ts'
import { daemonSetController } from './daemon-set-controller.ts'

const AGENT: DaemonSetObject = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { namespace: 'kube-system', name: 'agent' },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: { metadata: { labels: { app: 'agent' } }, spec: { nodeSelector: { pool: 'work' }, containers: [{ name: 'agent' }] } },
  },
}

function worldWithAgent(): ControllerWorld {
  const world = createControllerWorld(daemonSetController)
  for (const [name, pool] of [
    ['w1', 'work'],
    ['w2', 'work'],
    ['edge', 'edge'],
  ] as const) {
    world.add('nodes', nodeManifest({ name, zone: 'a', labels: { pool } }))
    setTaints(world, name, [])
  }
  world.add('daemonsets', AGENT)
  world.settle()
  return world
}

function setTaints(world: ControllerWorld, name: string, taints: readonly WireTaint[]): void {
  world.objects.update('nodes', { name }, node => ({ ...node, spec: { ...node.spec, taints } }))
  world.settle()
}

const pinnedTo = (world: ControllerWorld): readonly string[] =>
  world
    .pods()
    .map(pod => /"values":\["(.+?)"\]/.exec(JSON.stringify(pod.spec?.affinity))?.[1] ?? '')
    .sort((a, b) => (a < b ? -1 : 1))

describe('the DaemonSet controller', () => {
  it('makes one pod for every node that suits, pinned to it', () => {
    expect(pinnedTo(worldWithAgent())).toEqual(['w1', 'w2'])
  })

  it('follows new nodes', () => {
    const world = worldWithAgent()
    world.add('nodes', nodeManifest({ name: 'w3', zone: 'b', labels: { pool: 'work' } }))

    setTaints(world, 'w3', [])

    expect(pinnedTo(world)).toEqual(['w1', 'w2', 'w3'])
  })

  it('stays on a node that is cordoned or unreachable, and leaves one that drives everybody out', () => {
    const world = worldWithAgent()
    setTaints(world, 'w1', [
      { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
      { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
    ])
    expect(pinnedTo(world)).toEqual(['w1', 'w2'])

    setTaints(world, 'w1', [{ key: 'maintenance', effect: 'NoExecute' }])

    expect(pinnedTo(world)).toEqual(['w2'])
  })
})
