import { z } from 'zod'
import { selectorKey } from '../cluster/label-selector.ts'
import { DEFAULT_POLICY, HEEDED_ANNOTATIONS } from '../planning/policy.ts'
import { MOST_IN_FLIGHT } from '../rebalancing/history.ts'
import { DEFAULT_LOOP_SETTINGS } from '../rebalancing/settings.ts'
import { KINDS_OF_NODES } from '../scheduling/controller-record.ts'
import {
  choice,
  cronSchedule,
  duration,
  flag,
  labelKey,
  labelValue,
  namespaceName,
  objectName,
  ownerKind,
  requiredDuration,
  section,
  selector,
  timeZone,
  wholeNumber,
} from './fields.ts'

export const API_VERSION = 'respread.io/v1alpha1'
export const KIND = 'RespreadConfiguration'

const KNOWN_KINDS = ['ReplicaSet', 'StatefulSet', 'ReplicationController', 'Job']
const WHEN_UNSATISFIABLE = ['DoNotSchedule', 'ScheduleAnyway'] as const
const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const

const policy = DEFAULT_POLICY
const loop = DEFAULT_LOOP_SETTINGS

// Kubernetes gives its system-critical classes 2,000,000,000 and more; a configuration can protect more pods than those, not fewer.
const SYSTEM_CRITICAL = 2_000_000_000

const namespaces = section(
  {
    include: z.array(namespaceName()).default([]).describe('Only these namespaces; empty: every namespace.'),
    exclude: z
      .array(namespaceName())
      .default([...policy.namespaces.exclude])
      .describe('These namespaces are left alone.'),
    includeSelector: selector('everything').describe('Only namespaces with these labels, as in kubectl -l; empty: every namespace.'),
    excludeSelector: selector('nothing').describe('Namespaces with these labels are left alone; empty: none.'),
  },
  ({ value, issues }) => {
    for (const [index, name] of value.include.entries()) {
      if (!value.exclude.includes(name)) continue
      const message = `"${name}" is also in act.namespaces.exclude (which is [${policy.namespaces.exclude.join(', ')}] unless given); name it in one of them`
      issues.push({ code: 'custom', input: name, path: ['include', index], message })
    }
    if (selectorKey(value.includeSelector) === selectorKey(value.excludeSelector)) {
      const message = 'is the same as act.namespaces.excludeSelector, which leaves nothing'
      issues.push({ code: 'custom', input: value.includeSelector, path: ['includeSelector'], message })
    }
  },
).describe('Namespaces, by exact name and by their labels.')

const act = section({
  namespaces,
  podSelector: selector('everything').describe('Only pods with these labels, as in kubectl -l; empty: every pod.'),
  optIn: flag().default(policy.optIn).describe('Only what says respread.io/evict: "true" on the pod, its workload or its namespace.'),
  ownerKinds: z
    .array(ownerKind(KNOWN_KINDS, KINDS_OF_NODES))
    .min(1, { error: 'at least one kind' })
    .default([...policy.ownerKinds])
    .describe(
      'Kinds of owner whose pods may be evicted; with the group where a kind is not its own, as in StatefulSet.apps.kruise.io. Of owners other than ReplicaSets, StatefulSets and ReplicationControllers neither template nor scale is read: their next pod is assumed to be like the evicted one, and their Ready pods are counted.',
    ),
  whenUnsatisfiable: z
    .array(choice(WHEN_UNSATISFIABLE))
    .min(1, { error: 'at least one value' })
    .default([...WHEN_UNSATISFIABLE])
    .describe('Constraints acted on: hard ones (DoNotSchedule), soft ones (ScheduleAnyway).'),
  clusterDefaults: flag()
    .default(policy.constraints.clusterDefaults)
    .describe("Act also on the scheduler's default constraints of pods that carry none; they are always reported."),
  softAntiAffinity: flag()
    .default(policy.constraints.softAntiAffinity)
    .describe('Act also on preferred pod anti-affinity, read as a soft constraint; it is always reported.'),
  topologyKeys: z.array(labelKey()).default([]).describe('Only constraints with these keys; empty: every key.'),
  deletionCosts: flag()
    .default(loop.deletionCosts)
    .describe(
      'Also write controller.kubernetes.io/pod-deletion-cost on pods under a HorizontalPodAutoscaler whose domain has too many and which no eviction will move, so that the next scale-in takes them. Needs the permission to patch pods.',
    ),
}).describe('What may be evicted for.')

const protect = section({
  priorityThreshold: wholeNumber({ min: -2_147_483_648, max: SYSTEM_CRITICAL })
    .default(policy.priorityThreshold)
    .describe('Pods of this priority or higher are left alone.'),
  minimumPodAge: duration({ min: 0, byDefault: policy.minimumPodAge }).describe('Younger pods are left alone.'),
  minimumReplicas: wholeNumber({ min: 1, max: 1_000_000 })
    .default(policy.minimumReplicas)
    .describe('Workloads with fewer replicas are left alone.'),
  localStorage: flag()
    .default(!policy.allowLocalStorage)
    .describe('Pods with emptyDir or hostPath volumes, which an eviction would empty, are left alone.'),
  storageClasses: z.array(objectName()).default([]).describe('Pods with claims of these storage classes are left alone.'),
  annotations: z
    .array(choice(HEEDED_ANNOTATIONS))
    .default([...policy.heededAnnotations])
    .describe('Annotations of other tools that protect a pod here too.'),
}).describe('What is left alone.')

const limits = section({
  inFlight: section({
    perWorkloadPercent: wholeNumber({ min: 1, max: 100 })
      .default(policy.caps.workloadPercent)
      .describe('Percentage of the replicas of a workload without a PodDisruptionBudget, at least one.'),
    perNamespace: wholeNumber({ min: 1, max: 10_000 }).default(policy.caps.namespace).describe('Of the pods of one namespace.'),
    perNode: wholeNumber({ min: 1, max: 10_000 }).default(policy.caps.node).describe('From one node.'),
    perCluster: wholeNumber({ min: 1, max: MOST_IN_FLIGHT })
      .default(policy.caps.cluster)
      .describe('In all; no more than the history keeps for the next process.'),
  }).describe('Evictions whose replacement is not Ready yet. PodDisruptionBudgets hold besides.'),
  perCycle: wholeNumber({ min: 1, max: 10_000 })
    .default(policy.caps.cycle)
    .describe('New evictions of one cycle, which is one plan and what it admits.'),
  evictionsPerSecond: wholeNumber({ min: 1, max: 1_000 })
    .default(loop.evictionsPerSecond)
    .describe('Requests to the Eviction API a second.'),
}).describe('How much may move at once.')

const windows = z
  .preprocess(
    value => value ?? [],
    z.array(
      z.strictObject({
        schedule: cronSchedule().describe('When it opens: minute hour day month weekday, as in a CronJob.'),
        timeZone: timeZone().default('UTC').describe('Whose clocks the schedule means.'),
        duration: requiredDuration({ min: 60_000, max: 604_800_000 }).describe('How long it stays open, whatever the clocks do meanwhile.'),
      }),
    ),
  )
  .describe('Maintenance windows: evictions go out only while one of them is open; empty: at any time.')

const timing = section(
  {
    tick: duration({ min: 100, byDefault: loop.tick }).describe('A plan is made at least this often; changes make one sooner.'),
    debounce: duration({ min: 0, byDefault: loop.debounce }).describe('Changes within this time make one plan together.'),
    holdDown: duration({ min: 0, byDefault: loop.holdDown }).describe(
      'A domain that came back gets no pods until it has been stable for so long.',
    ),
    coolDown: duration({ min: 0, byDefault: loop.coolDown }).describe(
      'A workload rests so long once the evictions that a plan asked for are spent.',
    ),
    // Below the time between two bookmarks (a minute and some seconds) every quiet kind would be stale most of the time.
    freshness: duration({ min: 75_000, byDefault: loop.freshness }).describe(
      'Nothing is evicted when the API server has not confirmed a cache for so long. A quiet server confirms about once a minute.',
    ),
    evictionRequestDeadline: duration({ min: 1_000, byDefault: loop.evictionRequestDeadline }).describe(
      'An eviction request without an answer by then counts as lost.',
    ),
    replacementDeadline: duration({ min: 1_000, byDefault: loop.replacementDeadline }).describe(
      'A replacement that is not Ready by then is no longer in flight: its workload waits for it, and without a node it counts as a miss.',
    ),
    selfCheck: duration({ min: 100, byDefault: loop.selfCheck }).describe(
      'How often a sample of what plans are made from is compared with a computation from scratch; what differs is counted, told and built anew.',
    ),
  },
  ({ value, issues }) => {
    const mustBeShorter = (shorter: 'debounce' | 'evictionRequestDeadline', longer: 'tick' | 'replacementDeadline'): void => {
      if (value[shorter] < value[longer]) return
      issues.push({ code: 'custom', input: value[shorter], path: [shorter], message: `must be shorter than timing.${longer}` })
    }
    mustBeShorter('debounce', 'tick')
    mustBeShorter('evictionRequestDeadline', 'replacementDeadline')
  },
).describe('How patient it is.')

const outage = section({
  notReadyPercent: wholeNumber({ min: 1, max: 100 })
    .default(policy.outage.notReadyPercent)
    .describe('Of its nodes at least this percentage is not Ready. It takes both numbers, or no Ready node at all.'),
  notReadyNodes: wholeNumber({ min: 1, max: 10_000 })
    .default(policy.outage.notReadyNodes)
    .describe('Of its nodes at least so many are not Ready.'),
}).describe('When a domain counts as out.')

const metrics = section({
  port: wholeNumber({ min: 0, max: 65_535 }).default(8080).describe('Serves /metrics, /healthz and /readyz. 0: any free port.'),
  violatedGroupSeries: wholeNumber({ min: 0, max: 10_000 })
    .default(200)
    .describe('Violated groups that get a series of their own; the worst first.'),
}).describe('The HTTP server.')

const leaderElection = section({
  leaseName: objectName().default('respread').describe('The Lease; the ConfigMap with the history has this name with -history behind it.'),
  leaseNamespace: namespaceName()
    .optional()
    .describe("Of both. Left out: the namespace that respread runs in; outside of a cluster, that of the kubeconfig's context."),
}).describe('Of several processes with the same Lease one acts.')

/** The file as written, with defaults filled in once parsed. */
export const configurationFile = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal(KIND),
  dryRun: flag().default(loop.dryRun).describe('Plan and report, evict nothing.'),
  paused: flag().default(loop.paused).describe('Evict nothing, and plan nothing, until a person takes this back.'),
  logLevel: choice(LOG_LEVELS).default('info').describe('Log lines below this level are dropped.'),
  act,
  protect,
  limits,
  windows,
  timing,
  outage,
  expectedDomains: z
    .preprocess(value => value ?? {}, z.record(labelKey(), z.array(labelValue()).min(1, { error: 'at least one domain' })))
    .describe('By topology key: domains that should exist. One without nodes is reported.'),
  metrics,
  leaderElection,
})

export type ConfigurationFile = z.output<typeof configurationFile>

/** The keys that have no default. */
const REQUIRED: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'schedule', 'duration'])

/** The JSON Schema of the file, for editors. Contradictions between fields are beyond it. */
export function configurationJsonSchema(): object {
  return {
    title: KIND,
    ...z.toJSONSchema(configurationFile, {
      io: 'input',
      // zod counts a section as required, because it cannot see that its preprocessing fills in a missing one.
      override: ({ jsonSchema }) => {
        if (jsonSchema.required === undefined) return
        const required = jsonSchema.required.filter(name => REQUIRED.has(name))
        if (required.length === 0) delete jsonSchema.required
        else jsonSchema.required = required
      },
    }),
  }
}
