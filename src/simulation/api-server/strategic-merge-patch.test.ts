import { describe, expect, it } from 'vitest'
import { strategicMergePatch } from './strategic-merge-patch.ts'

const TWO = {
  containers: [
    { name: 'a', image: 'i', env: [{ name: 'E', value: '1' }] },
    { name: 'b', image: 'i' },
  ],
}

describe('a strategic merge patch', () => {
  it.each<[string, object, object, object]>([
    [
      'sets, removes and merges as a merge patch does',
      { a: 'b', c: { d: 'e', f: 1 } },
      { a: null, c: { d: null, g: 2 } },
      { c: { f: 1, g: 2 } },
    ],
    [
      'merges items of a list by their key',
      TWO,
      { containers: [{ name: 'a', image: 'j', env: [{ name: 'F', value: '2' }] }] },
      {
        containers: [
          {
            name: 'a',
            image: 'j',
            env: [
              { name: 'E', value: '1' },
              { name: 'F', value: '2' },
            ],
          },
          { name: 'b', image: 'i' },
        ],
      },
    ],
    ['adds items', TWO, { containers: [{ name: 'c', image: 'k' }] }, { containers: [...TWO.containers, { name: 'c', image: 'k' }] }],
    [
      'deletes items',
      TWO,
      {
        containers: [
          { name: 'a', $patch: 'delete' },
          { name: 'z', $patch: 'delete' },
        ],
      },
      { containers: [TWO.containers[1]] },
    ],
    ['replaces the items', TWO, { containers: [{ $patch: 'replace' }, { name: 'c' }] }, { containers: [{ name: 'c' }] }],
    ['replaces lists without a key', { taints: [{ key: 'a' }] }, { taints: [{ key: 'b' }] }, { taints: [{ key: 'b' }] }],
    [
      'knows the ports of a container',
      { ports: [{ containerPort: 1 }] },
      { ports: [{ containerPort: 1, name: 'x' }] },
      { ports: [{ containerPort: 1, name: 'x' }] },
    ],
    ['knows the ports of a Service', { ports: [{ port: 1 }] }, { ports: [{ port: 2 }] }, { ports: [{ port: 1 }, { port: 2 }] }],
    ['adds to a set, once', { finalizers: ['a'] }, { finalizers: ['b', 'a'] }, { finalizers: ['a', 'b'] }],
    ['takes from a set', { finalizers: ['a', 'b'] }, { '$deleteFromPrimitiveList/finalizers': ['a'] }, { finalizers: ['b'] }],
    ['replaces an object', { labels: { a: 'b' } }, { labels: { $patch: 'replace', c: 'd' } }, { labels: { c: 'd' } }],
    ['empties an object', { labels: { a: 'b' } }, { labels: { $patch: 'delete' } }, { labels: {} }],
    [
      'keeps the named fields only',
      { strategy: { type: 'RollingUpdate', rollingUpdate: {} } },
      { strategy: { $retainKeys: ['type'], type: 'Recreate' } },
      { strategy: { type: 'Recreate' } },
    ],
    [
      'orders items as it is told',
      { containers: [{ name: 'a' }, { name: 'x' }, { name: 'b' }] },
      { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }], containers: [{ name: 'a', image: 'i' }] },
      { containers: [{ name: 'b' }, { name: 'x' }, { name: 'a', image: 'i' }] },
    ],
    [
      'leaves no directive in what it adds',
      {},
      { spec: { '$setElementOrder/volumes': [], volumes: [{ name: 'v', $retainKeys: ['name'] }] } },
      { spec: { volumes: [{ name: 'v' }] } },
    ],
  ])('%s', (_, target, patch, expected) => {
    expect(strategicMergePatch(target, patch)).toEqual(expected)
  })
})
