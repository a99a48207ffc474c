import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundle } from './bundle.ts'
import { ask, startClient, startServer, told } from './scale-processes.ts'

const NODES = 250
const PODS = 5_000
const NODES_A_ROUND = 20
const TROUBLES = ['expire', 'reset', 'garbageLine', 'halfLine', 'stall'] as const

/**
 * Follows a cluster with the loop of a dry run through churn, tainted nodes, broken watches and relists, and prints what it holds after each round. Option: --minutes N. A watch
 * that was stalled goes on only after 90 s, so that a short soak shows rounds without events.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { minutes: { type: 'string', default: '1' } } })
  const folder = await mkdtemp(join(tmpdir(), 'respread-soak-'))
  const server = startServer()
  try {
    const size = { nodes: NODES, pods: PODS }
    const { url } = await ask(server, { kind: 'Fill', size, paged: false, snapshot: join(folder, 'snapshot.json') }, 'Filled')
    const client = startClient(await bundle('test/bench/scale-client-process.ts', folder), ['soak', url], 'container')
    await told(client, 'Held')
    console.log('round   trouble       heap MB   resident MB    pods   lists   missed by watch   plans')
    // To fill the server is no part of the soak.
    const until = performance.now() + Number(values.minutes) * 60_000
    for (let round = 1; performance.now() < until; round += 1) {
      await ask(server, { kind: 'Churn', events: 1_000, perSecond: 200 }, 'Churned')
      await ask(server, { kind: 'Turn', nodes: NODES_A_ROUND }, 'Turned')
      await ask(server, { kind: 'Replace', pods: 500 }, 'Replaced')
      const how = TROUBLES[round % TROUBLES.length] ?? 'expire'
      await ask(server, { kind: 'Trouble', how }, 'Troubled')
      client.send('what do you hold?')
      const { heapMb, rssMb, pods, lists, missedByWatch, plans } = await told(client, 'Held')
      const cells = [heapMb.toFixed(1), rssMb.toFixed(0), pods, lists, missedByWatch, plans]
      const widths = [10, 14, 8, 8, 18, 8]
      console.log(
        String(round).padStart(5) + `   ${how}`.padEnd(11) + cells.map((cell, at) => String(cell).padStart(widths[at] ?? 0)).join(''),
      )
    }
    client.disconnect()
  } finally {
    if (server.connected) server.disconnect()
    await rm(folder, { recursive: true })
  }
}
