import type { RawObject } from '../../src/simulation/object-store.ts'

const ZONES = ['a', 'b', 'c']
const REPLICAS = 20
const NAMESPACES = 100
/** Rollouts leave their ReplicaSets behind, each with its whole template. */
const OLD_REPLICA_SETS = 2
const ZONE = 'topology.kubernetes.io/zone'
const REGION = 'topology.kubernetes.io/region'
const HOSTNAME = 'kubernetes.io/hostname'
const STARTED = '2026-01-01T00:00:00Z'

/** Puts one object into the cluster and gives it as it is there, with its uid. */
type Create = (resource: string, object: RawObject) => RawObject

export interface ScaleSize {
  readonly nodes: number
  readonly pods: number
}

/**
 * The day after an outage of zone c, in the shape of the planning bench: every workload of 20 stands [10,10,0]; half of them spread hard, half
 * soft, a third also by hostname; each has a budget of 25 %. Pods are as large as those of real clusters, about 8 KB of JSON, half of it
 * fields that nobody but the API server reads.
 */
export function createScaleCluster(create: Create, { nodes, pods }: ScaleSize): void {
  const standing: Record<string, string[]> = { a: [], b: [], c: [] }
  for (let n = 0; n < nodes; n += 1) {
    const zone = ZONES[n % ZONES.length] ?? 'a'
    create('nodes', node(`node-${n}`, zone))
    standing[zone]?.push(`node-${n}`)
  }
  for (let n = 0; n < NAMESPACES; n += 1) {
    create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `team-${n}` }, status: { phase: 'Active' } })
  }
  for (let w = 0; w < pods / REPLICAS; w += 1) createWorkload(create, w, [standing['a'] ?? [], standing['b'] ?? []])
}

function createWorkload(create: Create, w: number, zones: readonly (readonly string[])[]): void {
  const app = `app-${w}`
  const namespace = `team-${w % NAMESPACES}`
  const labels = { app, 'app.kubernetes.io/managed-by': 'Helm', 'app.kubernetes.io/part-of': 'shop' }
  const selector = { matchLabels: { app } }
  const status = {
    replicas: REPLICAS,
    readyReplicas: REPLICAS,
    availableReplicas: REPLICAS,
    updatedReplicas: REPLICAS,
    observedGeneration: 1,
  }
  const deployment = create('deployments', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: app, namespace, labels, ...managed('kubectl', 20) },
    spec: { replicas: REPLICAS, selector, template: { metadata: { labels }, spec: podSpec(w, 0) } },
    status,
  })
  for (let revision = 1; revision <= OLD_REPLICA_SETS; revision += 1) {
    create('replicasets', replicaSet(deployment, w, { revision, replicas: 0 }))
  }
  const owner = create('replicasets', replicaSet(deployment, w, { revision: 0, replicas: REPLICAS }))
  create('poddisruptionbudgets', {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: app, namespace },
    spec: { selector, maxUnavailable: '25%' },
    status: { disruptionsAllowed: 5, currentHealthy: REPLICAS, desiredHealthy: 15, expectedPods: REPLICAS, observedGeneration: 1 },
  })
  const spec = podSpec(w, 0)
  for (let i = 0; i < REPLICAS; i += 1) {
    const at = i % zones.length
    const nodes = zones[at] ?? []
    const nodeName = nodes[(w * 7 + Math.trunc(i / zones.length) * 31) % nodes.length] ?? ''
    create('pods', pod(owner, { name: `${owner.metadata.name}-${i}`, nodeName, zone: ZONES[at] ?? '', spec }))
  }
}

function replicaSet(
  deployment: RawObject,
  w: number,
  { revision, replicas }: { readonly revision: number; readonly replicas: number },
): RawObject {
  const { name, namespace = '', labels } = deployment.metadata
  const hash = { 'pod-template-hash': `7d9f8c${revision}` }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-7d9f8c${revision}`,
      namespace,
      labels: { ...labels, ...hash },
      annotations: { 'deployment.kubernetes.io/revision': String(revision === 0 ? OLD_REPLICA_SETS + 1 : revision) },
      ownerReferences: [ownedBy(deployment)],
      ...managed('kube-controller-manager', 20),
    },
    spec: {
      replicas,
      selector: { matchLabels: { app: name, ...hash } },
      template: { metadata: { labels: { ...labels, ...hash } }, spec: podSpec(w, revision) },
    },
    status: { replicas, readyReplicas: replicas, availableReplicas: replicas, observedGeneration: 1 },
  }
}

function pod(
  owner: RawObject,
  { name, nodeName, zone, spec }: { readonly name: string; readonly nodeName: string; readonly zone: string; readonly spec: object },
): RawObject {
  const { namespace = '', labels } = owner.metadata
  const token = `kube-api-access-${name.slice(-5)}`
  const condition = (type: string): object => ({
    type,
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: STARTED,
    observedGeneration: 1,
  })
  const container = (container: string): object => ({
    name: container,
    image: `registry.example.com/shop/${container}:1.4.2`,
    imageID: `registry.example.com/shop/${container}@sha256:${'0123456789abcdef'.repeat(4)}`,
    containerID: `containerd://${'fedcba9876543210'.repeat(4)}`,
    ready: true,
    started: true,
    restartCount: 0,
    state: { running: { startedAt: STARTED } },
    lastState: {},
    volumeMounts: [
      { name: token, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true, recursiveReadOnly: 'Disabled' },
    ],
  })
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      generateName: `${owner.metadata.name}-`,
      namespace,
      // The API server copies the last two from the node (PodTopologyLabels admission, 1.35).
      labels: { ...labels, [ZONE]: zone, [REGION]: 'eu' },
      annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9090', 'kubectl.kubernetes.io/restartedAt': STARTED },
      ownerReferences: [ownedBy(owner)],
      ...managed('kubelet', 45),
    },
    spec: {
      ...spec,
      nodeName,
      volumes: [
        {
          name: token,
          projected: {
            defaultMode: 420,
            sources: [
              { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
              { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
              { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
            ],
          },
        },
      ],
    },
    status: {
      phase: 'Running',
      conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(condition),
      containerStatuses: ['main', 'proxy'].map(container),
      hostIP: '10.0.0.1',
      podIP: '10.244.0.1',
      podIPs: [{ ip: '10.244.0.1' }],
      startTime: STARTED,
      qosClass: 'Burstable',
    },
  }
}

function podSpec(w: number, revision: number): object {
  const app = `app-${w}`
  const whenUnsatisfiable = w % 2 === 0 ? 'DoNotSchedule' : 'ScheduleAnyway'
  const keys = Math.trunc(w / 2) % 3 === 0 ? [ZONE, HOSTNAME] : [ZONE]
  const tolerated = (key: string): object => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 })
  const env = Array.from({ length: 12 }, (_, i) => ({ name: `SHOP_SETTING_${i}`, value: `value-${i}-of-${app}` }))
  const container = (name: string, cpu: number, memory: number): object => ({
    name,
    image: `registry.example.com/shop/${name}:1.4.${2 - revision}`,
    imagePullPolicy: 'IfNotPresent',
    env,
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    resources: { requests: { cpu: `${cpu}m`, memory: `${memory}Mi` }, limits: { memory: `${2 * memory}Mi` } },
    readinessProbe: {
      httpGet: { path: '/ready', port: 'http', scheme: 'HTTP' },
      periodSeconds: 10,
      timeoutSeconds: 1,
      failureThreshold: 3,
    },
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  })
  return {
    containers: [container('main', 90 + (w % 7) * 50, (1 + (w % 5)) * 200), container('proxy', 10, 56)],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'default',
    serviceAccount: 'default',
    securityContext: {},
    schedulerName: 'default-scheduler',
    priority: 0,
    preemptionPolicy: 'PreemptLowerPriority',
    enableServiceLinks: true,
    tolerations: ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map(tolerated),
    topologySpreadConstraints: keys.map(topologyKey => ({
      topologyKey,
      maxSkew: 1,
      whenUnsatisfiable,
      labelSelector: { matchLabels: { app } },
    })),
  }
}

function node(name: string, zone: string): RawObject {
  const condition = (type: string, status: string): object => ({ type, status, lastHeartbeatTime: STARTED, lastTransitionTime: STARTED })
  const amounts = { cpu: '16', memory: '64Gi', 'ephemeral-storage': '100Gi', pods: '110' }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { [HOSTNAME]: name, [ZONE]: zone, [REGION]: 'eu', 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
      ...managed('kubelet', 60),
    },
    spec: { providerID: `example:///${zone}/${name}` },
    status: {
      allocatable: amounts,
      capacity: amounts,
      conditions: [
        condition('MemoryPressure', 'False'),
        condition('DiskPressure', 'False'),
        condition('PIDPressure', 'False'),
        condition('Ready', 'True'),
      ],
      images: Array.from({ length: 30 }, (_, i) => ({
        names: [`registry.example.com/infra/image-${i}@sha256:${'ab'.repeat(32)}`, `registry.example.com/infra/image-${i}:1.0.0`],
        sizeBytes: 100_000_000 + i,
      })),
    },
  }
}

function ownedBy(owner: RawObject): {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller: true
  blockOwnerDeletion: true
} {
  const { name, uid = '' } = owner.metadata
  return { apiVersion: owner.apiVersion, kind: owner.kind, name, uid, controller: true, blockOwnerDeletion: true }
}

/** What the API server keeps about who wrote which field. */
function managed(manager: string, fields: number): object {
  const fieldsV1 = Object.fromEntries(
    Array.from({ length: fields }, (_, i) => [`f:field-${i}`, { '.': {}, [`k:{"type":"part-${i}"}`]: {} }]),
  )
  return { managedFields: [{ manager, operation: 'Update', apiVersion: 'v1', time: STARTED, fieldsType: 'FieldsV1', fieldsV1 }] }
}
