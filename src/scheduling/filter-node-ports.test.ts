import { describe, expect, it } from 'vitest'
import { makeNode, makePod, pluginContext, verdicts } from '../../test/support/builders.ts'
import type { HostPort } from '../cluster/pod.ts'
import { createProjector } from '../cluster/projection.ts'
import { nodePorts } from './filter-node-ports.ts'

const port = (port: number, ip = '0.0.0.0', protocol = 'TCP'): HostPort => ({ ip, port, protocol })
const withPorts = (name: string, hostPorts: readonly HostPort[], fields: Parameters<typeof makePod>[1] = {}) =>
  makePod(name, { spec: { hostPorts }, ...fields })

describe('host ports', () => {
  it.each<[string, HostPort, HostPort, 'Success' | 'Unschedulable']>([
    ['V49: 127.0.0.1 against every address', port(80, '127.0.0.1'), port(80), 'Unschedulable'],
    ['V49: the same port of UDP', port(80, '127.0.0.1', 'UDP'), port(80), 'Success'],
    ['every address against one', port(80), port(80, '10.0.0.1'), 'Unschedulable'],
    ['one address twice', port(80, '10.0.0.1'), port(80, '10.0.0.1'), 'Unschedulable'],
    ['two addresses', port(80, '10.0.0.1'), port(80, '10.0.0.2'), 'Success'],
    ['another port', port(80), port(81), 'Success'],
    [':: is one address among others', port(80, '::'), port(80, '10.0.0.1'), 'Success'],
  ])('%s', (_rule, wanted, taken, expected) => {
    const context = pluginContext([makeNode('a1'), makeNode('a2'), withPorts('old', [taken], { nodeName: 'a1' })])
    expect(verdicts(nodePorts, context, withPorts('new', [wanted]))).toEqual({ a1: expected, a2: 'Success' })
  })

  it('are held by terminating pods, not by finished ones', () => {
    const terminating = withPorts('old', [port(80)], { nodeName: 'a1', deletedAt: 1 })
    const finished = withPorts('done', [port(80)], { nodeName: 'a2', phase: 'Succeeded' })
    const context = pluginContext([makeNode('a1'), makeNode('a2'), terminating, finished])
    expect(verdicts(nodePorts, context, withPorts('new', [port(81), port(80)]))).toEqual({ a1: 'Unschedulable', a2: 'Success' })
  })

  it.each([
    ['V50: of an init container that ends are not asked for', 'initContainers', undefined, 'Success'],
    ['of a sidecar are', 'initContainers', 'Always', 'Unschedulable'],
    ['of a container are', 'containers', undefined, 'Unschedulable'],
  ])('%s', (_rule, list, restartPolicy, expected) => {
    const container = { name: 'c', ports: [{ containerPort: 80, hostPort: 80 }], ...(restartPolicy && { restartPolicy }) }
    const raw = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop', name: 'new', uid: 'new' }, spec: { [list]: [container] } }
    const { record } = createProjector().project(raw)
    if (record?.kind !== 'Pod') throw new Error('not read as a pod')
    const context = pluginContext([makeNode('a1'), withPorts('old', [port(80)], { nodeName: 'a1' })])
    expect(verdicts(nodePorts, context, record)).toEqual({ a1: expected })
  })

  it('are no question for a pod without any', () => {
    expect(nodePorts(pluginContext([makeNode('a1')]), makePod('new'))).toBeUndefined()
  })
})
