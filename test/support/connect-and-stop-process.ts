// Connects to the API server of a kubeconfig as a command does, uses everything once, stops, and must then end by itself.
import { openClusterView } from '../../src/kubernetes/cluster-view.ts'
import { createEventRecorder } from '../../src/kubernetes/event-recorder.ts'
import { createEvictor } from '../../src/kubernetes/evictor.ts'
import { createHistoryStore } from '../../src/kubernetes/history-store.ts'
import { loadKubeconfig } from '../../src/kubernetes/kubeconfig.ts'
import { createLeaderElection } from '../../src/kubernetes/lease.ts'
import { createOwnConfigMap } from '../../src/kubernetes/own-config-map.ts'
import { createTransport } from '../../src/kubernetes/transport.ts'
import { createWallClock } from '../../src/kubernetes/wall-clock.ts'

const clock = createWallClock()
const transport = createTransport(await loadKubeconfig(), { clock, userAgent: 'respread/test' })
const stop = new AbortController()
const { signal } = stop
const recorder = createEventRecorder(transport, {
  clock,
  instance: 'test',
  cluster: () => view.state,
  recorder: { record: () => undefined },
  signal,
})
const view = openClusterView(transport, { clock, random: Math.random, signal, recorder })
await view.synced
const place = { namespace: 'default', name: 'respread' }
const election = createLeaderElection({ transport, ...place, identity: 'test', clock, random: Math.random, recorder })
const evictor = createEvictor(transport, { clock, mayAct: () => election.mayAct() })
const running = election.run(signal)
await createHistoryStore(createOwnConfigMap(transport, { clock, ...place })).save('history')
await evictor.evict({ namespace: 'default', pod: 'none', uid: 'none', priority: 0 }, signal)
recorder.record({ reason: 'Evicting', level: 'info', message: 'test', about: { kind: 'Node', name: 'none' } })

await evictor.drain()
stop.abort()
await Promise.all([running, view.stopped])
await transport.close()
console.log(`stopped with ${view.state.count('Namespace')} namespaces`)
