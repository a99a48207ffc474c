import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadKubeconfig } from '../../src/kubernetes/kubeconfig.ts'
import { createTransport, type Transport } from '../../src/kubernetes/transport.ts'
import { startApiServer, type ApiServer } from '../../src/simulation/api-server/server.ts'
import { createWallClock } from '../../src/kubernetes/wall-clock.ts'
import { transportTo } from '../support/api-transport.ts'
import { CHECKS, type Subject } from './api-server.ts'
import { createDictionary, differences, translateCall } from './compare-replies.ts'
import { EXCHANGES, sendOver, sendToRecording } from './exchanges.ts'
import { createRecordedScene, RECORDED_AT } from './recorded-scene.ts'
import { clearScene, settleScene, setUpScene } from './scene.ts'

/** A kubeconfig to run the checks against a cluster of one's own. They create and delete the namespace respread-conformance. */
const KUBECONFIG = process.env['RESPREAD_CONFORMANCE_KUBECONFIG']

describe('the answers recorded with kube-apiserver 1.36.2', () => {
  const subject: Subject = { send: sendToRecording, namespace: 'shop', settle: () => Promise.resolve() }
  it.each(CHECKS)('$title', async ({ run }) => {
    expect.hasAssertions()
    await run(subject)
  })
})

describe('the embedded API server', () => {
  let server: ApiServer
  let transport: Transport

  function serveScene(scene: ReturnType<typeof createRecordedScene>): void {
    beforeAll(async () => {
      server = await startApiServer(scene.store, { now: () => RECORDED_AT, secondMs: 10 })
      transport = transportTo(server.url, createWallClock())
    })
    afterAll(async () => {
      await transport.close()
      await server.close()
    })
  }

  describe('passes the same checks', () => {
    const scene = createRecordedScene()
    serveScene(scene)
    const settle = (): Promise<void> => {
      scene.replaceEvicted()
      scene.finishEviction()
      return Promise.resolve()
    }
    it.each(CHECKS)('$title', async ({ run }) => {
      expect.hasAssertions()
      await run({ send: sendOver(transport), namespace: 'shop', settle })
    })
  })

  describe('answers every recorded request as it was answered', () => {
    const scene = createRecordedScene()
    serveScene(scene)
    const dictionary = createDictionary()
    /** What happened in the recorded cluster after an exchange. */
    const afterwards: Readonly<Record<string, () => void>> = {
      'eviction refused: the budget allows none': () => scene.replaceEvicted(),
      'eviction while observedGeneration < generation': () => {
        scene.restoreBudget()
        scene.finishEviction()
      },
      'watch from a resourceVersion that is too old': () => scene.writeElsewhere(),
    }
    it.each(EXCHANGES.map((exchange, at) => ({ ...exchange, at })))('$at: $note', async ({ note, request, response }) => {
      const reply = await sendOver(transport)(translateCall(request, dictionary))
      expect(differences(response, reply, dictionary)).toEqual([])
      afterwards[note]?.()
    })
  })
})

describe.skipIf(KUBECONFIG === undefined)('the cluster of $RESPREAD_CONFORMANCE_KUBECONFIG', () => {
  const namespace = 'respread-conformance'
  let transport: Transport

  beforeAll(async () => {
    const access = await loadKubeconfig(KUBECONFIG === undefined ? {} : { kubeconfig: KUBECONFIG })
    transport = createTransport(access, { clock: createWallClock(), userAgent: 'respread/conformance' })
    await setUpScene(sendOver(transport), namespace)
  }, 300_000)
  afterAll(async () => {
    await clearScene(sendOver(transport), namespace)
    await transport.close()
  }, 120_000)

  it.each(CHECKS)('$title', { timeout: 300_000 }, async ({ run }) => {
    expect.hasAssertions()
    const send = sendOver(transport)
    await run({ send, namespace, settle: () => settleScene(send, namespace) })
  })
})
