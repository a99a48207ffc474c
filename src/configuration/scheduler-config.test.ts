import { describe, expect, it } from 'vitest'
import { DEFAULT_PROFILE, type SchedulerProfile } from '../scheduling/profile.ts'
import { DEFAULT_WEIGHTS, FILTER_PLUGINS } from '../scheduling/plugins.ts'
import { parseSchedulerConfig, SchedulerConfigError } from './scheduler-config.ts'

const HEAD = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n'

const parse = (text: string) => parseSchedulerConfig(HEAD + text, 'scheduler.yaml')

/** The only profile of a configuration whose profile has these lines. */
function profileWith(lines: string): SchedulerProfile {
  const { profiles } = parse(`profiles:\n- ${lines.trim().replaceAll('\n', '\n  ')}\n`)
  const [profile] = profiles.values()
  if (profile === undefined) throw new Error('no profile')
  return profile
}

function problemsOf(text: string): readonly string[] {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof SchedulerConfigError) return error.message.split('\n')
    throw error
  }
  return []
}

describe('profiles', () => {
  it('without any, there is the default one', () => {
    expect(parse('')).toEqual({ profiles: new Map([['default-scheduler', DEFAULT_PROFILE]]), warnings: [] })
  })

  it('are found by schedulerName', () => {
    expect([...parse('profiles: [{schedulerName: one}, {schedulerName: two}]').profiles.keys()]).toEqual(['one', 'two'])
  })

  it('JSON is read as well', () => {
    const text = JSON.stringify({ apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration', profiles: [{}] })
    expect(parseSchedulerConfig(text, 'scheduler.json').profiles.get('default-scheduler')).toEqual(DEFAULT_PROFILE)
  })

  it.each([
    ['its own', 'percentageOfNodesToScore: 50\nprofiles: [{percentageOfNodesToScore: 20}]', 20],
    ['that of the file', 'percentageOfNodesToScore: 50\nprofiles: [{}]', 50],
    ['the adaptive one', 'profiles: [{}]', 0],
  ])('a profile looks at %s percentage of nodes', (_whose, text, expected) => {
    expect(parse(text).profiles.get('default-scheduler')?.percentageOfNodesToScore).toBe(expected)
  })
})

describe('plugins', () => {
  it.each<[string, string, readonly string[]]>([
    ['disabled at filter', 'filter: {disabled: [{name: NodePorts}]}', ['NodePorts']],
    ['disabled at multiPoint', 'multiPoint: {disabled: [{name: NodePorts}]}', ['NodePorts']],
    ['disabled at score only', "score: {disabled: [{name: '*'}]}", []],
    ['all but one', "filter: {disabled: [{name: '*'}], enabled: [{name: NodeName}]}", FILTER_PLUGINS.filter(name => name !== 'NodeName')],
    [
      'all at multiPoint, one enabled there',
      "multiPoint: {disabled: [{name: '*'}], enabled: [{name: NodeName}]}",
      FILTER_PLUGINS.filter(name => name !== 'NodeName'),
    ],
    [
      'disabled at multiPoint, enabled at filter',
      'multiPoint: {disabled: [{name: NodePorts}]}, filter: {enabled: [{name: NodePorts}]}',
      [],
    ],
  ])('filters %s', (_how, plugins, disabled) => {
    expect([...profileWith(`plugins: {${plugins}}`).disabledFilters]).toEqual(disabled)
  })

  it.each<[string, string, Partial<typeof DEFAULT_WEIGHTS | Record<string, number>>]>([
    ['a weight of its own at score', 'score: {enabled: [{name: PodTopologySpread, weight: 9}]}', { PodTopologySpread: 9 }],
    ['1 when enabled without a weight', 'score: {enabled: [{name: PodTopologySpread}]}', { PodTopologySpread: 1 }],
    ['a weight of its own at multiPoint', 'multiPoint: {enabled: [{name: NodeAffinity, weight: 4}]}', { NodeAffinity: 4 }],
    [
      'the one at score before multiPoint',
      'multiPoint: {enabled: [{name: NodeAffinity, weight: 4}]}, score: {enabled: [{name: NodeAffinity, weight: 5}]}',
      { NodeAffinity: 5 },
    ],
    ['none when disabled', 'score: {disabled: [{name: ImageLocality}]}', { ImageLocality: 0 }],
    ['none when disabled at multiPoint', 'multiPoint: {disabled: [{name: ImageLocality}]}', { ImageLocality: 0 }],
  ])('scores weigh %s', (_what, plugins, changed) => {
    expect(profileWith(`plugins: {${plugins}}`).weights).toEqual({ ...DEFAULT_WEIGHTS, ...changed })
  })
})

describe('plugin arguments', () => {
  it('default constraints of type List', () => {
    const profile = profileWith(`
pluginConfig:
- name: PodTopologySpread
  args:
    defaultingType: List
    defaultConstraints:
    - {maxSkew: 2, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, minDomains: 3, nodeTaintsPolicy: Honor}`)
    expect(profile.defaultConstraints).toEqual({
      type: 'List',
      constraints: [
        {
          maxSkew: 2,
          topologyKey: 'zone',
          whenUnsatisfiable: 'DoNotSchedule',
          minDomains: 3,
          matchLabelKeys: [],
          nodeAffinityPolicy: 'Honor',
          nodeTaintsPolicy: 'Honor',
        },
      ],
    })
  })

  it('addedAffinity, the weight of required affinity and ignored resources', () => {
    const profile = profileWith(`
pluginConfig:
- name: NodeAffinity
  args:
    addedAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms: [{matchExpressions: [{key: pool, operator: In, values: [x]}]}]
- name: InterPodAffinity
  args: {hardPodAffinityWeight: 7}
- name: NodeResourcesFit
  args: {ignoredResources: [example.com/a], ignoredResourceGroups: [example.org]}
- name: DefaultPreemption
  args: {minCandidateNodesPercentage: 5}`)
    expect(profile).toMatchObject({
      addedAffinity: {
        required: { terms: [{ kind: 'term', expressions: [{ key: 'pool', operator: 'In', values: ['x'] }], fields: [] }] },
        preferred: [],
      },
      hardPodAffinityWeight: 7,
      ignoredResources: new Set(['example.com/a']),
      ignoredResourceGroups: new Set(['example.org']),
      unmodelled: [],
    })
  })

  it('the default scoring strategy written out is the default', () => {
    const resources = '[{name: memory, weight: 1}, {name: cpu, weight: 1}]'
    const args = `pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {type: LeastAllocated, resources: ${resources}}}}]`
    expect(profileWith(args).unmodelled).toEqual([])
  })
})

describe('what is not modelled', () => {
  it.each([
    ['extenders', 'extenders: [{urlPrefix: http://localhost}]', 'scheduler.yaml:3:12: scheduler extenders'],
    ['an unknown plugin', 'profiles: [{plugins: {score: {enabled: [{name: Mine}]}}}]', 'scheduler.yaml:3:48: plugin Mine'],
    [
      'a plugin cut in half',
      'profiles: [{plugins: {preScore: {disabled: [{name: NodeAffinity}]}}}]',
      'scheduler.yaml:3:44: plugins switched off at preScore',
    ],
    [
      'another scoring strategy',
      'profiles: [{pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {type: MostAllocated}}}]}]',
      'scheduler.yaml:3:77: a scoring strategy other than LeastAllocated of cpu and memory alike',
    ],
    [
      'other resources to balance',
      'profiles: [{pluginConfig: [{name: NodeResourcesBalancedAllocation, args: {resources: [{name: cpu}]}}]}]',
      'scheduler.yaml:3:86: a balance of other resources than cpu and memory alike',
    ],
    [
      'ignored preferences',
      'profiles: [{pluginConfig: [{name: InterPodAffinity, args: {ignorePreferredTermsOfExistingPods: true}}]}]',
      'scheduler.yaml:3:96: preferred affinity of existing pods being ignored',
    ],
  ])('%s', (_what, text, expected) => {
    const { profiles, warnings } = parse(text)
    expect(warnings).toEqual([`${expected}: not modelled, so no lead in scores is relied on`])
    expect([...profiles.values()][0]?.unmodelled).toEqual([expected.replace(/^\S+ /, '')])
  })
})

describe('mistakes', () => {
  it.each([
    ['no YAML', 'profiles: [', /^scheduler\.yaml:\d+:\d+: /],
    [
      'a percentage beyond 100',
      'percentageOfNodesToScore: 101',
      /^scheduler\.yaml:3:27: percentageOfNodesToScore: found 101, expected a whole number from 0 to 100$/,
    ],
    ['two profiles of one name', 'profiles: [{}, {}]', /^scheduler\.yaml:3:16: .*"default-scheduler" has a profile already/],
    [
      'default constraints under System',
      'profiles: [{pluginConfig: [{name: PodTopologySpread, args: {defaultConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: DoNotSchedule}]}}]}]',
      /^scheduler\.yaml:3:81: .*need defaultingType List/,
    ],
    [
      'a default constraint with a selector',
      'profiles: [{pluginConfig: [{name: PodTopologySpread, args: {defaultingType: List, defaultConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: DoNotSchedule, labelSelector: {}}]}}]}]',
      /labelSelector: found \{\}, expected no selector/,
    ],
    [
      'an unknown operator in addedAffinity',
      'profiles: [{pluginConfig: [{name: NodeAffinity, args: {addedAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Is}]}]}}}}]}]',
      /^scheduler\.yaml:3:27: addedAffinity of NodeAffinity: .*Is/,
    ],
  ])('%s', (_what, text, expected) => {
    const problems = problemsOf(text)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(expected)
  })

  it('another kind of file', () => {
    expect(() => parseSchedulerConfig('apiVersion: v1\nkind: Pod\n', 'pod.yaml')).toThrow(
      'pod.yaml:1:13: apiVersion: found "v1", expected kubescheduler.config.k8s.io/v1\npod.yaml:2:7: kind: found "Pod", expected KubeSchedulerConfiguration',
    )
  })
})
