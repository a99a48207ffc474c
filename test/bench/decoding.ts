import { deepStrictEqual } from 'node:assert/strict'
import { parseArgs } from 'node:util'
import { withoutManagedFields } from '../../src/cluster/managed-fields.ts'
import { createProjector } from '../../src/cluster/projection.ts'
import type { ClusterRecord } from '../../src/cluster/records.ts'
import type { RawObject } from '../../src/simulation/object-store.ts'
import { POD, POD_AS_READ } from './pod-messages.ts'
import { createDecoder, encode } from './protobuf.ts'
import { createScaleCluster } from './scale-cluster.ts'

const ROUNDS = 7

/**
 * Prints what it costs to read pods from JSON, with and without the managed fields, and from Protocol Buffers with only those fields decoded that
 * are read. Both ways must give the same records. Option: --pods N.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { pods: { type: 'string', default: '5000' } } })
  const pods = await Promise.resolve(podsOf(Number(values.pods)))
  const json = pods.map(pod => Buffer.from(JSON.stringify(pod)))
  const protobuf = pods.map(pod => encode(pod, POD))
  const decode = createDecoder(POD_AS_READ)
  const parseAll = (bytes: Buffer): unknown => JSON.parse(bytes.toString())
  const parse = (bytes: Buffer): unknown => JSON.parse(withoutManagedFields(bytes.toString()))
  deepStrictEqual(json.map(projecting(parse)), protobuf.map(projecting(decode)))

  console.log(`${pods.length} pods                                 bytes a pod   us of CPU a pod   times`)
  const least = cost(json, () => parseAll)
  row('JSON.parse', json, least, least)
  row(
    'without managed fields',
    json,
    cost(json, () => parse),
    least,
  )
  row(
    'without managed fields, projection',
    json,
    cost(json, () => projecting(parse)),
    least,
  )
  row(
    'protobuf, fields that are read',
    protobuf,
    cost(protobuf, () => decode),
    least,
  )
  row(
    'protobuf and projection',
    protobuf,
    cost(protobuf, () => projecting(decode)),
    least,
  )
}

function podsOf(count: number): readonly RawObject[] {
  const pods: RawObject[] = []
  let made = 0
  createScaleCluster(
    (resource, object) => {
      made += 1
      const uid = `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`
      const metadata = { ...object.metadata, uid, resourceVersion: String(made), creationTimestamp: '2026-01-01T00:00:00Z' }
      const created = { ...object, metadata }
      if (resource === 'pods') pods.push(created)
      return created
    },
    { nodes: 30, pods: count },
  )
  return pods
}

function projecting(read: (bytes: Buffer) => unknown): (bytes: Buffer) => ClusterRecord | undefined {
  const projector = createProjector()
  return bytes => projector.projectAs('Pod', read(bytes)).record
}

/** Microseconds of the main thread's CPU for one of them: the median of several rounds, each with a reader of its own. */
function cost(objects: readonly Buffer[], reader: () => (bytes: Buffer) => unknown): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const read = reader()
    const before = process.threadCpuUsage()
    for (const bytes of objects) read(bytes)
    const { user, system } = process.threadCpuUsage(before)
    return (user + system) / objects.length
  })
  return rounds.toSorted((left, right) => left - right)[Math.trunc(ROUNDS / 2)] ?? NaN
}

function row(name: string, objects: readonly Buffer[], spent: number, least: number): void {
  const bytes = objects.reduce((sum, { length }) => sum + length, 0) / objects.length
  const cells = [bytes.toFixed(0).padStart(14), spent.toFixed(1).padStart(18), (spent / least).toFixed(2).padStart(8)]
  console.log(name.padEnd(36) + cells.join(''))
}
