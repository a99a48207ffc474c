import { describe, expect, it } from 'vitest'
import { project, projectAll, warningsOf } from '../../test/support/project.ts'
import type { PodSpec } from './pod.ts'

type Raw = Readonly<Record<string, unknown>>

const constraint: Raw = {
  topologyKey: 'zone',
  maxSkew: 1,
  whenUnsatisfiable: 'DoNotSchedule',
  labelSelector: { matchLabels: { app: 'web' } },
}

function rawPod(spec: unknown, name = 'web-0'): Raw {
  return { metadata: { namespace: 'shop', name, uid: name }, spec }
}

function specOf(spec: unknown): PodSpec {
  return project('Pod', rawPod(spec)).spec
}

describe('the spec of a pod', () => {
  it('has the defaults of the API where nothing is written', () => {
    expect(specOf({})).toMatchObject({
      schedulerName: 'default-scheduler',
      priority: 0,
      priorityClassName: undefined,
      preemptionPolicy: 'PreemptLowerPriority',
      requiredNodeAffinity: undefined,
      topologySpreadConstraints: [],
      terminationGracePeriodSeconds: 30,
      usesResourceClaims: false,
      problems: [],
    })
  })

  it('carries what is written', () => {
    const spec = specOf({
      schedulerName: 'mine',
      priority: -5,
      priorityClassName: 'low',
      preemptionPolicy: 'Never',
      nodeSelector: { pool: 'x' },
      schedulingGates: [{ name: 'wait' }],
      resourceClaims: [{ name: 'gpu' }],
      terminationGracePeriodSeconds: 0,
      hostNetwork: true,
      runtimeClassName: 'kata',
    })

    expect(spec).toMatchObject({
      schedulerName: 'mine',
      priority: -5,
      priorityClassName: 'low',
      preemptionPolicy: 'Never',
      nodeSelector: new Map([['pool', 'x']]),
      schedulingGates: ['wait'],
      usesResourceClaims: true,
      terminationGracePeriodSeconds: 0,
      hostNetwork: true,
      runtimeClassName: 'kata',
      problems: [],
    })
  })
})

describe('topology spread constraints', () => {
  it('default to honouring node affinity and ignoring taints', () => {
    expect(specOf({ topologySpreadConstraints: [constraint] }).topologySpreadConstraints).toEqual([
      {
        topologyKey: 'zone',
        maxSkew: 1,
        whenUnsatisfiable: 'DoNotSchedule',
        minDomains: undefined,
        selector: { kind: 'requirements', requirements: [{ key: 'app', operator: 'In', values: ['web'] }] },
        matchLabelKeys: [],
        nodeAffinityPolicy: 'Honor',
        nodeTaintsPolicy: 'Ignore',
      },
    ])
  })

  it('keep what is written', () => {
    const written = { minDomains: 3, matchLabelKeys: ['rev'], nodeAffinityPolicy: 'Ignore', nodeTaintsPolicy: 'Honor' }

    expect(specOf({ topologySpreadConstraints: [{ ...constraint, ...written }] }).topologySpreadConstraints).toMatchObject([written])
  })

  it('tell a null selector from an empty one', () => {
    const kinds = [undefined, null, {}].map(
      labelSelector =>
        specOf({ topologySpreadConstraints: [{ ...constraint, labelSelector }] }).topologySpreadConstraints[0]?.selector.kind,
    )

    expect(kinds).toEqual(['nothing', 'nothing', 'everything'])
  })

  it.each<[string, Raw, string]>([
    ['maxSkew 0', { maxSkew: 0 }, 'topologySpreadConstraints[0].maxSkew: `0` is not a whole number of at least 1'],
    ['a broken maxSkew', { maxSkew: 1.5 }, 'topologySpreadConstraints[0].maxSkew: `1.5` is not a whole number of at least 1'],
    ['no maxSkew', { maxSkew: null }, 'topologySpreadConstraints[0].maxSkew: is missing'],
    ['no key', { topologyKey: undefined }, 'topologySpreadConstraints[0].topologyKey: is missing'],
    ['an empty key', { topologyKey: '' }, 'topologySpreadConstraints[0].topologyKey: is empty'],
    [
      'an unknown whenUnsatisfiable',
      { whenUnsatisfiable: 'Sometimes' },
      'topologySpreadConstraints[0].whenUnsatisfiable: `Sometimes` is not legal; legal are DoNotSchedule, ScheduleAnyway',
    ],
  ])('with %s are left out, and the pod says so', (_, fields, problem) => {
    const spec = specOf({
      topologySpreadConstraints: [
        { ...constraint, ...fields },
        { ...constraint, topologyKey: 'host' },
      ],
    })

    expect(spec.topologySpreadConstraints.map(({ topologyKey }) => topologyKey)).toEqual(['host'])
    expect(spec).toMatchObject({ problems: [problem], unreadConstraints: problem })
  })

  it('have been read where something else of the spec could not be', () => {
    const spec = specOf({ priority: 'high', topologySpreadConstraints: [constraint] })
    expect(spec).toMatchObject({ problems: ['priority: `high` is a text, not a whole number'], unreadConstraints: undefined })
  })

  it('that are soft may have no minDomains', () => {
    const spec = specOf({ topologySpreadConstraints: [{ ...constraint, whenUnsatisfiable: 'ScheduleAnyway', minDomains: 2 }] })
    expect(spec.problems).toEqual(['topologySpreadConstraints[0].minDomains: is legal with DoNotSchedule only'])
  })

  it('with a selector that cannot be read stay, match nothing, and the pod says so', () => {
    const labelSelector = { matchExpressions: [{ key: 'a', operator: 'Near', values: ['b'] }] }
    const spec = specOf({ topologySpreadConstraints: [{ ...constraint, labelSelector }] })

    expect(spec.topologySpreadConstraints[0]?.selector.kind).toBe('invalid')
    expect(spec.problems).toEqual([
      'topologySpreadConstraints[0].labelSelector: matchExpressions[0]: operator `Near` is unknown; legal are In, NotIn, Exists, DoesNotExist',
    ])
  })
})

describe('node affinity', () => {
  const termsOf = (...nodeSelectorTerms: readonly unknown[]): PodSpec =>
    specOf({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } })

  it('reads expressions and fields', () => {
    const matchExpressions = [{ key: 'cores', operator: 'Gt', values: ['8'] }]
    const matchFields = [{ key: 'metadata.name', operator: 'In', values: ['n1'] }]

    expect(termsOf({ matchExpressions, matchFields }, {}).requiredNodeAffinity).toEqual({
      terms: [
        { kind: 'term', expressions: matchExpressions, fields: matchFields },
        { kind: 'term', expressions: [], fields: [] },
      ],
    })
  })

  it.each<[string, unknown]>([
    ['a name In two values (V55)', { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1', 'n2'] }] }],
    ['another field', { matchFields: [{ key: 'spec.unschedulable', operator: 'In', values: ['true'] }] }],
    ['a field that Exists', { matchFields: [{ key: 'metadata.name', operator: 'Exists' }] }],
    ['an unknown operator', { matchExpressions: [{ key: 'a', operator: 'Near', values: ['b'] }] }],
    ['In without values', { matchExpressions: [{ key: 'a', operator: 'In', values: [] }] }],
    ['Exists with values', { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] }],
    ['Gt on a word', { matchExpressions: [{ key: 'a', operator: 'Gt', values: ['many'] }] }],
    ['Gt beyond 64 bits', { matchExpressions: [{ key: 'a', operator: 'Gt', values: ['9223372036854775808'] }] }],
    ['Lt with two values', { matchExpressions: [{ key: 'a', operator: 'Lt', values: ['1', '2'] }] }],
    ['an illegal key', { matchExpressions: [{ key: 'a b', operator: 'Exists' }] }],
    ['values that are no list', { matchExpressions: [{ key: 'a', operator: 'In', values: 'b' }] }],
    ['a text for a term', 'zone=a'],
  ])('a term with %s matches no node, is no problem of the pod, and spares the other terms (V56)', (_, term) => {
    const good = { matchExpressions: [{ key: 'a', operator: 'Exists', values: [] }] }
    const spec = termsOf(term, good)

    expect(spec.requiredNodeAffinity?.terms.map(({ kind }) => kind)).toEqual(['invalid', 'term'])
    expect(spec.problems).toEqual([])
  })

  it('tells an empty list of terms, which matches nothing, from none', () => {
    expect(termsOf().requiredNodeAffinity).toEqual({ terms: [] })
    expect(specOf({ affinity: { nodeAffinity: {} } }).requiredNodeAffinity).toBeUndefined()
  })

  it('reads preferred terms', () => {
    const preferred = [{ weight: 7, preference: { matchExpressions: [{ key: 'a', operator: 'Exists', values: [] }] } }]
    const spec = specOf({ affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } } })

    expect(spec.preferredNodeAffinity).toEqual([
      { weight: 7, term: { kind: 'term', expressions: [{ key: 'a', operator: 'Exists', values: [] }], fields: [] } },
    ])
  })
})

describe('pod affinity', () => {
  const term = { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'web' } } }
  const read = {
    topologyKey: 'zone',
    selector: { kind: 'requirements', requirements: [{ key: 'app', operator: 'In', values: ['web'] }] },
    namespaces: [],
    namespaceSelector: undefined,
    matchLabelKeys: [],
    mismatchLabelKeys: [],
  }

  it('reads required and preferred terms, of both sorts', () => {
    const sort = {
      requiredDuringSchedulingIgnoredDuringExecution: [{ ...term, namespaces: ['a'], namespaceSelector: {} }],
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 5, podAffinityTerm: { ...term, mismatchLabelKeys: ['rev'] } }],
    }
    const expected = {
      required: [{ ...read, namespaces: ['a'], namespaceSelector: { kind: 'everything' } }],
      preferred: [{ weight: 5, term: { ...read, mismatchLabelKeys: ['rev'] } }],
    }
    const spec = specOf({ affinity: { podAffinity: sort, podAntiAffinity: sort } })

    expect(spec.podAffinity).toEqual(expected)
    expect(spec.podAntiAffinity).toEqual(expected)
  })

  it('leaves a term without topology key out, and the pod says so', () => {
    const spec = specOf({
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: {} }, term] } },
    })

    expect(spec.podAntiAffinity.required).toEqual([read])
    expect(spec.problems).toEqual(['affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: is missing'])
  })
})

describe('tolerations', () => {
  it('have their defaults filled in', () => {
    expect(specOf({ tolerations: [{ operator: 'Exists' }, { key: 'a', value: 'b' }, { key: 'a', operator: '' }] }).tolerations).toEqual([
      { key: '', operator: 'Exists', value: '', effect: '' },
      { key: 'a', operator: 'Equal', value: 'b', effect: '' },
      { key: 'a', operator: 'Equal', value: '', effect: '' },
    ])
  })

  it('that are not legal tolerate nothing', () => {
    const spec = specOf({ tolerations: [{ key: 'a', operator: 'Like' }, { key: 'b', effect: 'Soon' }, { key: 'c' }] })

    expect(spec.tolerations.map(({ key }) => key)).toEqual(['c'])
    expect(spec.problems).toHaveLength(2)
  })
})

describe('host ports', () => {
  it('are those of containers and restartable init containers (V50)', () => {
    const port = (hostPort: number, more: Raw = {}): Raw => ({ ports: [{ containerPort: 1, hostPort, ...more }, { containerPort: 9 }] })
    const spec = specOf({
      containers: [port(80, { hostIP: '127.0.0.1' }), port(53, { protocol: 'UDP' })],
      initContainers: [port(81), { ...port(82), restartPolicy: 'Always' }],
    })

    expect(spec.hostPorts).toEqual([
      { ip: '127.0.0.1', port: 80, protocol: 'TCP' },
      { ip: '0.0.0.0', port: 53, protocol: 'UDP' },
      { ip: '0.0.0.0', port: 82, protocol: 'TCP' },
    ])
  })

  it('on the network of the host are the container ports, as a template does not show yet', () => {
    const spec = specOf({ hostNetwork: true, containers: [{ ports: [{ containerPort: 9100 }] }] })

    expect(spec.hostPorts).toEqual([{ ip: '0.0.0.0', port: 9100, protocol: 'TCP' }])
  })
})

describe('images', () => {
  it.each([
    ['nginx', 'nginx:latest'],
    ['nginx:1.27', 'nginx:1.27'],
    ['registry.example:5000/team/nginx', 'registry.example:5000/team/nginx:latest'],
    ['registry.example:5000/team/nginx:1', 'registry.example:5000/team/nginx:1'],
    ['nginx@sha256:abc', 'nginx@sha256:abc'],
  ])('%s is %s', (image, normalised) => {
    expect(specOf({ containers: [{ image }] }).images).toEqual([normalised])
  })

  it('are those of all containers and of image volumes; only containers count as containers', () => {
    const spec = specOf({
      containers: [{ image: 'a:1' }, { image: 'a:1' }],
      initContainers: [{ image: 'b:1' }],
      volumes: [{ name: 'v', image: { reference: 'c' } }],
    })

    expect(spec.images).toEqual(['a:1', 'a:1', 'b:1', 'c:latest'])
    expect(spec.containerCount).toBe(3)
  })
})

describe('volumes', () => {
  it('tell disks that cannot be shared', () => {
    const volumes = [
      { name: 'v0', gcePersistentDisk: { pdName: 'pd', readOnly: true } },
      { name: 'v1', awsElasticBlockStore: { volumeID: 'vol-1' } },
      { name: 'v2', iscsi: { iqn: 'iqn.2001', targetPortal: 'p', lun: 0 } },
      { name: 'v3', rbd: { monitors: ['m1', 'm2'], image: 'i' } },
      { name: 'v4', azureDisk: { diskName: 'd', diskURI: '/d' } },
      { name: 'v5', cinder: { volumeID: 'c' } },
      { name: 'v6', csi: { driver: 'd.example', readOnly: true } },
      { name: 'v7', configMap: { name: 'cm' } },
    ]

    expect(specOf({ volumes }).inlineDisks).toEqual([
      { kind: 'gcePersistentDisk', id: 'pd', readOnly: true },
      { kind: 'awsElasticBlockStore', id: 'vol-1', readOnly: false },
      { kind: 'iscsi', iqn: 'iqn.2001', readOnly: false },
      { kind: 'rbd', monitors: ['m1', 'm2'], pool: 'rbd', image: 'i', readOnly: false },
      { kind: 'azureDisk', id: '/d', readOnly: false },
      { kind: 'cinder', id: 'c', readOnly: false },
      { kind: 'csi', driver: 'd.example', volume: 'v6', readOnly: true },
    ])
  })

  it('tell what stays behind on the node, memory aside', () => {
    const volumes = [
      { name: 'cache', emptyDir: {} },
      { name: 'shm', emptyDir: { medium: 'Memory' } },
      { name: 'logs', hostPath: { path: '/var/log' } },
    ]

    expect(specOf({ volumes }).localVolumes).toEqual([
      { name: 'cache', kind: 'emptyDir' },
      { name: 'logs', kind: 'hostPath' },
    ])
  })
})

describe('sharing', () => {
  const replica = (index: number, more: Raw = {}): Raw =>
    rawPod(
      {
        nodeName: `node-${index}`,
        containers: [{ name: 'a', image: 'a:1', volumeMounts: [{ name: `kube-api-access-${index}` }] }],
        volumes: [
          { name: `kube-api-access-${index}`, projected: {} },
          { name: 'tmp', emptyDir: {} },
        ],
        topologySpreadConstraints: [constraint],
        ...more,
      },
      `web-${index}`,
    )

  it('gives replicas of one template one spec', () => {
    const [first, second] = projectAll('Pod', [replica(1), replica(2)])

    expect(first?.spec).toBe(second?.spec)
  })

  it('gives specs of equal content one object, however they are written', () => {
    const [first, second] = projectAll('Pod', [
      replica(1, { nodeSelector: { a: '1', b: '2' }, overhead: { cpu: '1' } }),
      replica(2, { overhead: { cpu: '1000m' }, nodeSelector: { b: '2', a: '1' }, schedulerName: 'default-scheduler' }),
    ])

    expect(first?.spec).toBe(second?.spec)
  })

  it.each<[string, Raw]>([
    ['image', { containers: [{ name: 'a', image: 'a:2' }] }],
    ['request', { containers: [{ name: 'a', image: 'a:1', resources: { requests: { cpu: '1' } } }] }],
    ['host port', { containers: [{ name: 'a', image: 'a:1', ports: [{ hostPort: 1 }] }] }],
    ['init container', { initContainers: [{ name: 'i', image: 'a:1' }] }],
    ['local volume', { volumes: [{ name: 'data', hostPath: {} }] }],
    ['constraint', { topologySpreadConstraints: [{ ...constraint, maxSkew: 2 }] }],
    ['node selector', { nodeSelector: { a: '1' } }],
    ['affinity', { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone' }] } } }],
    ['toleration', { tolerations: [{ operator: 'Exists' }] }],
    ['priority', { priority: 1 }],
    ['priority class', { priorityClassName: 'high' }],
    ['preemption policy', { preemptionPolicy: 'Never' }],
    ['scheduler', { schedulerName: 'mine' }],
    ['gate', { schedulingGates: [{ name: 'g' }] }],
    ['resource claim', { resourceClaims: [{ name: 'r' }] }],
    ['host network', { hostNetwork: true }],
    ['grace period', { terminationGracePeriodSeconds: 5 }],
    ['runtime class', { runtimeClassName: 'kata' }],
    ['overhead', { overhead: { cpu: '1m' } }],
    ['pod-level request', { resources: { requests: { cpu: '1' } } }],
  ])('keeps specs that differ in %s apart', (_, difference) => {
    const [first, second] = projectAll('Pod', [replica(1), replica(1, difference)])

    expect(first?.spec).not.toBe(second?.spec)
    expect(first?.spec).not.toEqual(second?.spec)
  })
})

describe('what cannot be read', () => {
  it.each<[string, unknown, string]>([
    [
      'a quantity',
      { containers: [{}, { resources: { requests: { cpu: '1x' } } }] },
      'containers[1].resources.requests.cpu: `1x` is not a quantity',
    ],
    ['a negative request', { overhead: { memory: '-1' } }, 'overhead.memory: `-1` is negative'],
    ['a list that is none', { containers: {} }, 'containers: `{}` is not a list'],
    ['an object that is none', { affinity: 'near' }, 'affinity: `near` is not an object'],
    ['a text that is none', { schedulerName: 1 }, 'schedulerName: `1` is not a text'],
    ['a number that is none', { priority: '1' }, 'priority: `1` is a text, not a whole number'],
    ['a flag that is none', { hostNetwork: 'yes' }, 'hostNetwork: `yes` is a text, neither true nor false'],
    ['a whole spec', 'spec', 'spec: `spec` is not an object'],
    ['a hostile key', { nodeSelector: { '\u001b[31m\n': 1 } }, 'nodeSelector[`\\u001b[31m\\n`]: `1` is not a text'],
    ['a long value', { schedulingGates: 'x'.repeat(100) }, `schedulingGates: \`${'x'.repeat(60)}…\` is not a list`],
  ])('%s is a problem of the pod and a warning', (_, spec, problem) => {
    expect(specOf(spec).problems).toEqual([problem])
    expect(warningsOf('Pod', rawPod(spec))).toEqual([{ kind: 'Pod', key: 'shop/web-0', problem }])
  })
})
