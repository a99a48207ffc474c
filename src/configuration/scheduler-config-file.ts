import { z } from 'zod'
import { choice, flag, labelKey, wholeNumber } from './fields.ts'

// KubeSchedulerConfiguration v1, as far as it decides where a pod lands (kube-scheduler/config/v1, 1.36). What else the file may hold (clients,
// leader election, timeouts) is kube-scheduler's to check and passed over here.

const SCHEDULER_API_VERSION = 'kubescheduler.config.k8s.io/v1'
const SCHEDULER_KIND = 'KubeSchedulerConfiguration'

const text = (legal: string) => z.string({ error: legal }).min(1, { error: legal })
const listOf = <Item extends z.ZodType>(item: Item) => z.preprocess(value => value ?? [], z.array(item))
const section = <Shape extends z.core.$ZodLooseShape>(shape: Shape) => z.preprocess(value => value ?? {}, z.object(shape))
const percentage = wholeNumber({ min: 0, max: 100 })
const weight = wholeNumber({ min: 0, max: 2 ** 31 - 1 })

const policy = choice(['Honor', 'Ignore'])

const defaultConstraint = z.object({
  maxSkew: wholeNumber({ min: 1, max: 2 ** 31 - 1 }),
  topologyKey: labelKey(),
  whenUnsatisfiable: choice(['DoNotSchedule', 'ScheduleAnyway']),
  minDomains: wholeNumber({ min: 1, max: 2 ** 31 - 1 }).optional(),
  nodeAffinityPolicy: policy.default('Honor'),
  nodeTaintsPolicy: policy.default('Ignore'),
  labelSelector: z.null({ error: 'no selector; it is derived for each pod from its Services and owner' }).optional(),
})

const spreadArgs = section({
  defaultConstraints: listOf(defaultConstraint),
  defaultingType: choice(['List', 'System']).default('System'),
}).check(({ value, issues }) => {
  if (value.defaultingType === 'List' || value.defaultConstraints.length === 0) return
  const message = 'defaultConstraints need defaultingType List; System has its own'
  issues.push({ code: 'custom', input: value.defaultConstraints, path: ['defaultConstraints'], message })
})

/** `args` of the plugins whose settings matter, by plugin. */
export const schedulerArgs = z.object({
  PodTopologySpread: spreadArgs,
  NodeAffinity: section({ addedAffinity: z.unknown().optional() }),
  InterPodAffinity: section({
    hardPodAffinityWeight: wholeNumber({ min: 0, max: 100 }).default(1),
    ignorePreferredTermsOfExistingPods: flag().default(false),
  }),
  NodeResourcesFit: section({
    ignoredResources: listOf(text('the name of a resource')),
    ignoredResourceGroups: listOf(text('the group of a resource')),
    scoringStrategy: z.unknown().optional(),
  }),
  NodeResourcesBalancedAllocation: section({ resources: z.unknown().optional() }),
})

export type SchedulerArgs = z.output<typeof schedulerArgs>

const pluginSet = section({
  enabled: listOf(z.object({ name: text('the name of a plugin'), weight: weight.default(0) })),
  disabled: listOf(z.object({ name: text('the name of a plugin, or *') })),
})

/** What one extension point of a profile switches on and off. */
export type PluginSet = z.output<typeof pluginSet>

const profile = z.object({
  schedulerName: text('the name of a scheduler').default('default-scheduler'),
  percentageOfNodesToScore: percentage.optional(),
  // Extension points by name: filter, score, multiPoint, and those that do not decide where a pod lands.
  plugins: z.preprocess(value => value ?? {}, z.record(z.string(), pluginSet)),
  pluginConfig: listOf(z.object({ name: text('the name of a plugin'), args: z.unknown().optional() })),
})

export type ProfileFile = z.output<typeof profile>

export const schedulerConfigFile = z.object({
  apiVersion: z.literal(SCHEDULER_API_VERSION),
  kind: z.literal(SCHEDULER_KIND),
  percentageOfNodesToScore: percentage.optional(),
  extenders: listOf(z.unknown()),
  profiles: listOf(profile).check(({ value, issues }) => {
    for (const [index, { schedulerName }] of value.entries()) {
      if (value.findIndex(other => other.schedulerName === schedulerName) === index) continue
      issues.push({
        code: 'custom',
        input: schedulerName,
        path: [index, 'schedulerName'],
        message: `"${schedulerName}" has a profile already; one profile a name`,
      })
    }
  }),
})

export type SchedulerConfigFile = z.output<typeof schedulerConfigFile>
