/** What a field of a message holds, by how it stands on the wire and in JSON. */
type FieldType =
  /** `time` is a message of seconds, `quantity` one of a text, `json` one of JSON text: FieldsV1. */
  'string' | 'int' | 'bool' | 'time' | 'quantity' | 'json' | 'labels' | 'quantities' | 'intOrString' | Message

export interface MessageField {
  readonly number: number
  readonly type: FieldType
  readonly repeated: boolean
  /** In JSON its fields stand among those of the message around it: an embedded struct of Go. */
  readonly inline: boolean
}

/** Fields by their names in JSON. */
export type Message = ReadonlyMap<string, MessageField>

function message(fields: Readonly<Record<string, readonly [number, FieldType, ('repeated' | 'inline')?]>>): Message {
  return new Map(
    Object.entries(fields).map(([name, [number, type, how]]) => [
      name,
      { number, type, repeated: how === 'repeated', inline: how === 'inline' },
    ]),
  )
}

/** The same message as far as these fields, named in one text: what a reader who wants no others knows of it. */
function only(of: Message, names: string): Message {
  const wanted = new Set(names.split(' '))
  return new Map([...of].filter(([name]) => wanted.has(name)))
}

/** The message with some of its own messages replaced. */
function having(of: Message, types: Readonly<Record<string, Message>>): Message {
  return new Map(Array.from(of, ([name, field]) => [name, { ...field, type: types[name] ?? field.type }]))
}

// Numbers as in k8s.io/api core/v1 and k8s.io/apimachinery meta/v1 generated.proto (1.36), as far as the pods of the bench have the fields.
const LABEL_SELECTOR = message({ matchLabels: [1, 'labels'] })
const OWNER = message({
  kind: [1, 'string'],
  name: [3, 'string'],
  uid: [4, 'string'],
  apiVersion: [5, 'string'],
  controller: [6, 'bool'],
  blockOwnerDeletion: [7, 'bool'],
})
const MANAGED_FIELDS = message({
  manager: [1, 'string'],
  operation: [2, 'string'],
  apiVersion: [3, 'string'],
  time: [4, 'time'],
  fieldsType: [6, 'string'],
  fieldsV1: [7, 'json'],
})
const METADATA = message({
  name: [1, 'string'],
  generateName: [2, 'string'],
  namespace: [3, 'string'],
  uid: [5, 'string'],
  resourceVersion: [6, 'string'],
  generation: [7, 'int'],
  creationTimestamp: [8, 'time'],
  deletionTimestamp: [9, 'time'],
  labels: [11, 'labels'],
  annotations: [12, 'labels'],
  ownerReferences: [13, OWNER, 'repeated'],
  managedFields: [17, MANAGED_FIELDS, 'repeated'],
})
const PORT = message({
  name: [1, 'string'],
  hostPort: [2, 'int'],
  containerPort: [3, 'int'],
  protocol: [4, 'string'],
  hostIP: [5, 'string'],
})
const RESOURCES = message({ limits: [1, 'quantities'], requests: [2, 'quantities'] })
const HTTP_GET = message({ path: [1, 'string'], port: [2, 'intOrString'], scheme: [4, 'string'] })
const PROBE = message({
  handler: [1, message({ httpGet: [2, HTTP_GET] }), 'inline'],
  timeoutSeconds: [3, 'int'],
  periodSeconds: [4, 'int'],
  failureThreshold: [6, 'int'],
})
const CONTAINER = message({
  name: [1, 'string'],
  image: [2, 'string'],
  ports: [6, PORT, 'repeated'],
  env: [7, message({ name: [1, 'string'], value: [2, 'string'] }), 'repeated'],
  resources: [8, RESOURCES],
  volumeMounts: [
    9,
    message({ name: [1, 'string'], readOnly: [2, 'bool'], mountPath: [3, 'string'], recursiveReadOnly: [7, 'string'] }),
    'repeated',
  ],
  readinessProbe: [11, PROBE],
  terminationMessagePath: [13, 'string'],
  imagePullPolicy: [14, 'string'],
  terminationMessagePolicy: [20, 'string'],
  restartPolicy: [24, 'string'],
})
const FIELD_REF = message({ apiVersion: [1, 'string'], fieldPath: [2, 'string'] })
const PROJECTION = message({
  downwardAPI: [2, message({ items: [1, message({ path: [1, 'string'], fieldRef: [2, FIELD_REF] }), 'repeated'] })],
  configMap: [
    3,
    message({
      reference: [1, message({ name: [1, 'string'] }), 'inline'],
      items: [2, message({ key: [1, 'string'], path: [2, 'string'] }), 'repeated'],
    }),
  ],
  serviceAccountToken: [4, message({ expirationSeconds: [2, 'int'], path: [3, 'string'] })],
})
const VOLUME_SOURCE = message({
  emptyDir: [2, message({ medium: [1, 'string'] })],
  persistentVolumeClaim: [10, message({ claimName: [1, 'string'] })],
  projected: [26, message({ sources: [1, PROJECTION, 'repeated'], defaultMode: [2, 'int'] })],
})
const VOLUME = message({ name: [1, 'string'], source: [2, VOLUME_SOURCE, 'inline'] })
const TOLERATION = message({
  key: [1, 'string'],
  operator: [2, 'string'],
  value: [3, 'string'],
  effect: [4, 'string'],
  tolerationSeconds: [5, 'int'],
})
const CONSTRAINT = message({
  maxSkew: [1, 'int'],
  topologyKey: [2, 'string'],
  whenUnsatisfiable: [3, 'string'],
  labelSelector: [4, LABEL_SELECTOR],
  minDomains: [5, 'int'],
})
const SPEC = message({
  volumes: [1, VOLUME, 'repeated'],
  containers: [2, CONTAINER, 'repeated'],
  restartPolicy: [3, 'string'],
  terminationGracePeriodSeconds: [4, 'int'],
  dnsPolicy: [6, 'string'],
  nodeSelector: [7, 'labels'],
  serviceAccountName: [8, 'string'],
  serviceAccount: [9, 'string'],
  nodeName: [10, 'string'],
  securityContext: [14, message({})],
  schedulerName: [19, 'string'],
  tolerations: [22, TOLERATION, 'repeated'],
  priority: [25, 'int'],
  enableServiceLinks: [30, 'bool'],
  preemptionPolicy: [31, 'string'],
  topologySpreadConstraints: [33, CONSTRAINT, 'repeated'],
})
const CONTAINER_STATE = message({
  waiting: [1, message({ reason: [1, 'string'] })],
  running: [2, message({ startedAt: [1, 'time'] })],
})
const CONTAINER_STATUS = message({
  name: [1, 'string'],
  state: [2, CONTAINER_STATE],
  lastState: [3, CONTAINER_STATE],
  ready: [4, 'bool'],
  restartCount: [5, 'int'],
  image: [6, 'string'],
  imageID: [7, 'string'],
  containerID: [8, 'string'],
  started: [9, 'bool'],
  volumeMounts: [
    12,
    message({ name: [1, 'string'], mountPath: [2, 'string'], readOnly: [3, 'bool'], recursiveReadOnly: [4, 'string'] }),
    'repeated',
  ],
})
const CONDITION = message({
  type: [1, 'string'],
  status: [2, 'string'],
  lastTransitionTime: [4, 'time'],
  reason: [5, 'string'],
  message: [6, 'string'],
  observedGeneration: [7, 'int'],
})
const IP = message({ ip: [1, 'string'] })
const STATUS = message({
  phase: [1, 'string'],
  conditions: [2, CONDITION, 'repeated'],
  hostIP: [5, 'string'],
  podIP: [6, 'string'],
  startTime: [7, 'time'],
  containerStatuses: [8, CONTAINER_STATUS, 'repeated'],
  qosClass: [9, 'string'],
  nominatedNodeName: [11, 'string'],
  podIPs: [12, IP, 'repeated'],
})

/** A pod as the API server writes it. */
export const POD = message({ metadata: [1, METADATA], spec: [2, SPEC], status: [3, STATUS] })

const READ_CONTAINER = having(only(CONTAINER, 'name image ports resources restartPolicy'), { resources: only(RESOURCES, 'requests') })
const READ_STATUS = having(only(STATUS, 'phase conditions containerStatuses nominatedNodeName'), {
  containerStatuses: having(only(CONTAINER_STATUS, 'name state'), { state: only(CONTAINER_STATE, 'waiting') }),
  conditions: only(CONDITION, 'type status lastTransitionTime message reason'),
})
const READ_SPEC = having(
  only(
    SPEC,
    'volumes containers terminationGracePeriodSeconds nodeSelector nodeName schedulerName tolerations priority preemptionPolicy topologySpreadConstraints',
  ),
  { containers: READ_CONTAINER, volumes: having(VOLUME, { source: only(VOLUME_SOURCE, 'emptyDir persistentVolumeClaim') }) },
)
const READ_METADATA = only(METADATA, 'name namespace uid generation creationTimestamp deletionTimestamp labels annotations ownerReferences')

/** A pod as far as the projection reads it. */
export const POD_AS_READ = having(POD, { metadata: READ_METADATA, spec: READ_SPEC, status: READ_STATUS })
