import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { startApiServer } from '../../src/simulation/api-server/server.ts'
import { openShop } from '../support/shop.ts'

it('a process that has stopped everything ends by itself, having proved who it is', async () => {
  const shop = openShop([])
  const server = await startApiServer(shop.store, { now: () => Date.now(), token: 'secret' })
  const folder = mkdtempSync(join(tmpdir(), 'respread-process-'))
  const kubeconfig = join(folder, 'config')
  writeFileSync(
    kubeconfig,
    `
current-context: test
clusters: [{ name: test, cluster: { server: "${server.url}" } }]
users: [{ name: test, user: { token: secret } }]
contexts: [{ name: test, context: { cluster: test, user: test } }]
`,
  )

  try {
    const script = join(import.meta.dirname, '../support/connect-and-stop-process.ts')
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], { env: { ...process.env, KUBECONFIG: kubeconfig } })

    expect({ stdout, stderr }).toEqual({ stdout: 'stopped with 2 namespaces\n', stderr: '' })
    expect(shop.store.get('leases', 'default', 'respread')?.['spec']).toMatchObject({ holderIdentity: '' })
  } finally {
    await server.close()
    shop.stop()
    rmSync(folder, { recursive: true })
  }
}, 60_000)
