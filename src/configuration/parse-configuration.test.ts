import { describe, expect, it } from 'vitest'
import { DEFAULT_POLICY } from '../planning/policy.ts'
import { DEFAULT_LOOP_SETTINGS } from '../rebalancing/settings.ts'
import { DEFAULT_CONFIGURATION, parseConfiguration } from './parse-configuration.ts'
import type { Configuration } from './parse-configuration.ts'

const HEAD = 'apiVersion: respread.io/v1alpha1\nkind: RespreadConfiguration\n'

function configuration(body: string): Configuration {
  const parsed = parseConfiguration(HEAD + body, 'respread.yaml')
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
  return parsed.configuration
}

/** Problems of a file, without its name, so that a line reads `3:5: field: ...`. */
function problems(text: string): readonly string[] {
  const parsed = parseConfiguration(text, 'respread.yaml')
  return parsed.ok ? [] : parsed.problems.map(problem => problem.replace('respread.yaml:', ''))
}

describe('a file without settings', () => {
  it('means the defaults of the planner and of the loop', () => {
    expect(configuration('').policy).toEqual(DEFAULT_POLICY)
    expect(configuration('').loop).toEqual(DEFAULT_LOOP_SETTINGS)
    expect(configuration('')).toEqual(DEFAULT_CONFIGURATION)
  })

  it('may hold sections whose lines are all commented out', () => {
    expect(configuration('act:\n  # dryRun: true\nwindows:\n  # - schedule: "@daily"\nlimits:\n  inFlight:\nexpectedDomains:\n')).toEqual(
      DEFAULT_CONFIGURATION,
    )
  })
})

describe('a file with every setting', () => {
  const everything = configuration(`
dryRun: true
paused: true
logLevel: debug
act:
  namespaces: { include: [shop, payments], exclude: [], includeSelector: env=prod, excludeSelector: 'frozen' }
  podSelector: tier in (web,api)
  optIn: true
  ownerKinds: [ReplicaSet, CloneSet, StatefulSet.apps.kruise.io]
  whenUnsatisfiable: [DoNotSchedule]
  clusterDefaults: true
  softAntiAffinity: true
  topologyKeys: [topology.kubernetes.io/zone]
  deletionCosts: true
protect: { priorityThreshold: 1000, minimumPodAge: 2m, minimumReplicas: 3, localStorage: false, storageClasses: [local], annotations: [karpenter.sh/do-not-disrupt] }
limits:
  inFlight: { perWorkloadPercent: 25, perNamespace: 7, perNode: 1, perCluster: 40 }
  perCycle: 12
  evictionsPerSecond: 2
windows:
  - { schedule: '0 22 * * 1-5', timeZone: Europe/Vienna, duration: 6h }
  - { schedule: '@weekly', duration: 90m }
timing:
  tick: 1m
  debounce: 500ms
  holdDown: 10m
  coolDown: 1h
  freshness: 2m
  evictionRequestDeadline: 15s
  replacementDeadline: 20m
  selfCheck: 1m
outage: { notReadyPercent: 80, notReadyNodes: 5 }
expectedDomains: { topology.kubernetes.io/zone: [a, b, c] }
metrics: { port: 9090, violatedGroupSeries: 10 }
leaderElection: { leaseName: one, leaseNamespace: ops }
`)

  it('reaches the policy', () => {
    expect(everything.policy).toEqual({
      namespaces: {
        include: ['shop', 'payments'],
        exclude: [],
        includeSelector: { kind: 'requirements', requirements: [{ key: 'env', operator: 'In', values: ['prod'] }] },
        excludeSelector: { kind: 'requirements', requirements: [{ key: 'frozen', operator: 'Exists', values: [] }] },
      },
      podSelector: { kind: 'requirements', requirements: [{ key: 'tier', operator: 'In', values: ['api', 'web'] }] },
      optIn: true,
      ownerKinds: ['ReplicaSet', 'CloneSet', 'StatefulSet.apps.kruise.io'],
      priorityThreshold: 1000,
      minimumPodAge: 120_000,
      minimumReplicas: 3,
      allowLocalStorage: true,
      protectedStorageClasses: ['local'],
      heededAnnotations: ['karpenter.sh/do-not-disrupt'],
      constraints: { hard: true, soft: false, clusterDefaults: true, softAntiAffinity: true },
      topologyKeys: ['topology.kubernetes.io/zone'],
      expectedDomains: new Map([['topology.kubernetes.io/zone', ['a', 'b', 'c']]]),
      caps: { workloadPercent: 25, namespace: 7, node: 1, cluster: 40, cycle: 12 },
      outage: { notReadyPercent: 80, notReadyNodes: 5 },
      self: undefined,
    } satisfies Configuration['policy'])
  })

  it('reaches the loop', () => {
    expect(everything.loop).toEqual({
      tick: 60_000,
      debounce: 500,
      holdDown: 600_000,
      coolDown: 3_600_000,
      freshness: 120_000,
      evictionRequestDeadline: 15_000,
      replacementDeadline: 1_200_000,
      selfCheck: 60_000,
      evictionsPerSecond: 2,
      deletionCosts: true,
      windows: [
        { schedule: '0 22 * * 1-5', timeZone: 'Europe/Vienna', duration: 21_600_000 },
        { schedule: '@weekly', timeZone: 'UTC', duration: 5_400_000 },
      ],
      dryRun: true,
      paused: true,
    } satisfies Configuration['loop'])
  })

  it('reaches what is around them', () => {
    expect(everything.logLevel).toBe('debug')
    expect(everything.metrics).toEqual({ port: 9090, violatedGroupSeries: 10 })
    expect(everything.leaderElection).toEqual({ leaseName: 'one', leaseNamespace: 'ops' })
  })
})

describe('a problem', () => {
  const duration = (min: string): string => `expected a duration from ${min} to 24h, such as 300ms, 30s, 5m or 1h30m`

  it.each([
    { body: 'timing: { tick: 30 }', says: `3:17: timing.tick: found 30, ${duration('100ms')}` },
    { body: 'timing: { tick: 0s }', says: `3:17: timing.tick: found "0s", ${duration('100ms')}` },
    { body: 'timing: { holdDown: 5 minutes }', says: `3:21: timing.holdDown: found "5 minutes", ${duration('0s')}` },
    { body: 'timing: { coolDown: -5m }', says: `3:21: timing.coolDown: found "-5m", ${duration('0s')}` },
    { body: 'timing: { coolDown: 25h }', says: `3:21: timing.coolDown: found "25h", ${duration('0s')}` },
    { body: 'timing: { freshness: 60s }', says: `3:22: timing.freshness: found "60s", ${duration('1m15s')}` },
    { body: 'timing:\n  freshness:', says: `4:13: timing.freshness: found nothing, ${duration('1m15s')}` },
    {
      body: 'limits: { inFlight: { perNode: 0 } }',
      says: '3:32: limits.inFlight.perNode: found 0, expected a whole number from 1 to 10000',
    },
    {
      body: 'limits: { inFlight: { perCluster: 101 } }',
      says: '3:35: limits.inFlight.perCluster: found 101, expected a whole number from 1 to 100',
    },
    {
      body: 'limits: { inFlight: { perWorkloadPercent: 101 } }',
      says: '3:43: limits.inFlight.perWorkloadPercent: found 101, expected a whole number from 1 to 100',
    },
    {
      body: 'limits: { evictionsPerSecond: 0.5 }',
      says: '3:31: limits.evictionsPerSecond: found 0.5, expected a whole number from 1 to 1000',
    },
    { body: 'outage: { notReadyPercent: "55" }', says: '3:28: outage.notReadyPercent: found "55", expected a whole number from 1 to 100' },
    {
      body: 'protect: { priorityThreshold: 2000000001 }',
      says: '3:31: protect.priorityThreshold: found 2000000001, expected a whole number from -2147483648 to 2000000000',
    },
    { body: 'dryRun: yes', says: '3:9: dryRun: found "yes", expected true or false' },
    { body: 'logLevel: loud', says: '3:11: logLevel: found "loud", expected one of debug, info, warn, error' },
    {
      body: 'act: { whenUnsatisfiable: [DoNotSchedule, Never] }',
      says: '3:43: act.whenUnsatisfiable[1]: found "Never", expected one of DoNotSchedule, ScheduleAnyway',
    },
    { body: 'act: { whenUnsatisfiable: [] }', says: '3:27: act.whenUnsatisfiable: found [], expected at least one value' },
    {
      body: 'act: { topologyKeys: [""] }',
      says: '3:23: act.topologyKeys[0]: found "", expected a label key such as topology.kubernetes.io/zone',
    },
    { body: 'act: { topologyKeys: zone }', says: '3:22: act.topologyKeys: found "zone", expected a list' },
    { body: 'act: []', says: '3:6: act: found [], expected a mapping (lines of "key: value")' },
    {
      body: 'act: { namespaces: { include: ["team-*"] } }',
      says: '3:32: act.namespaces.include[0]: found "team-*", expected the exact name of a namespace (lower-case letters, digits, "-"; at most 63)',
    },
    { body: 'expectedDomains: { zone: [] }', says: '3:26: expectedDomains.zone: found [], expected at least one domain' },
    {
      body: 'expectedDomains: { a/b/c: [x] }',
      says: '3:20: expectedDomains."a/b/c": found the key "a/b/c", expected a label key such as topology.kubernetes.io/zone',
    },
    {
      body: 'act: { ownerKinds: [Replicaset] }',
      says: '3:21: act.ownerKinds[0]: found "Replicaset"; did you mean ReplicaSet?',
    },
    {
      body: 'act: { ownerKinds: [web-app] }',
      says: '3:21: act.ownerKinds[0]: found "web-app", expected a kind such as ReplicaSet, StatefulSet, ReplicationController, Job (a custom resource\'s too)',
    },
    {
      body: 'act: { podSelector: "tier in web" }',
      says: expect.stringMatching(/^3:21: act\.podSelector: selector "tier in web": expected "\("/),
    },
    {
      body: 'protect: { annotations: [example.com/keep] }',
      says: '3:26: protect.annotations[0]: found "example.com/keep", expected one of karpenter.sh/do-not-disrupt, cluster-autoscaler.kubernetes.io/safe-to-evict, descheduler.alpha.kubernetes.io/prefer-no-eviction',
    },
    { body: 'metrics: { port: 70000 }', says: '3:18: metrics.port: found 70000, expected a whole number from 0 to 65535' },
  ])('$body', ({ body, says }) => {
    expect(problems(HEAD + body)).toEqual([says])
  })

  it.each([
    { text: '', says: '1:1: the file: found nothing, expected a mapping (lines of "key: value")' },
    { text: '- a', says: '1:1: the file: found ["a"], expected a mapping (lines of "key: value")' },
    { text: 'kind: RespreadConfiguration', says: '1:1: apiVersion: missing, expected respread.io/v1alpha1' },
    {
      text: 'apiVersion: respread.io/v1\nkind: RespreadConfiguration',
      says: '1:13: apiVersion: found "respread.io/v1", expected respread.io/v1alpha1',
    },
    { text: 'apiVersion: respread.io/v1alpha1\nkind: Policy', says: '2:7: kind: found "Policy", expected RespreadConfiguration' },
    { text: `${HEAD}act: {}\nact: {}`, says: '4:1: Map keys must be unique' },
  ])('$says', ({ text, says }) => {
    expect(problems(text)).toContain(says)
  })
})

describe('a maintenance window', () => {
  const schedule = 'a cron schedule (minute hour day month weekday) such as 0 22 * * 1-5'
  const zone = 'a time zone by its name, such as Europe/Vienna or UTC'
  const found = (text: string): string => `4:17: windows[0].schedule: found "${text}", expected ${schedule}`

  it.each([
    ["schedule: '0 25 * * *', duration: 6h", `${found('0 25 * * *')}: Invalid value for hour: 25`],
    ["schedule: '0 22 * * 5-1', duration: 6h", `${found('0 22 * * 5-1')}: From value is larger than to value: '5-1'`],
    ["schedule: '0 22 * *', duration: 6h", `${found('0 22 * *')}: it has not five fields`],
    ["schedule: '0 0 22 * * *', duration: 6h", `${found('0 0 22 * * *')}: it has not five fields`],
    ["schedule: '2026-12-24T22:00:00', duration: 6h", `${found('2026-12-24T22:00:00')}: it has not five fields`],
    ["schedule: '', duration: 6h", `${found('')}: it has not five fields`],
    ['schedule: 22, duration: 6h', `4:17: windows[0].schedule: found 22, expected ${schedule}`],
    ["schedule: '0 0 30 2 *', duration: 6h", `${found('0 0 30 2 *')}: no such day ever comes`],
    ["schedule: '0 0 31 4,6,9,11 *', duration: 6h", `${found('0 0 31 4,6,9,11 *')}: no such day ever comes`],
    ["schedule: '@daily', timeZone: Mars/Olympus, duration: 6h", `4:37: windows[0].timeZone: found "Mars/Olympus", expected ${zone}`],
    ["schedule: '@daily', timeZone: '+02:00', duration: 6h", `4:37: windows[0].timeZone: found "+02:00", expected ${zone}`],
    ["schedule: '@daily', timeZone: '', duration: 6h", `4:37: windows[0].timeZone: found "", expected ${zone}`],
    ["schedule: '@daily'", '4:5: windows[0].duration: missing, expected a duration from 1m to 168h, such as 300ms, 30s, 5m or 1h30m'],
    [
      "schedule: '@daily', duration: 0s",
      '4:37: windows[0].duration: found "0s", expected a duration from 1m to 168h, such as 300ms, 30s, 5m or 1h30m',
    ],
    [
      "schedule: '@daily', timezone: UTC, duration: 6h",
      '4:27: windows[0].timezone: unknown key; did you mean timeZone? legal here: schedule, timeZone, duration',
    ],
  ])('{ %s } is refused', (fields, says) => {
    expect(problems(`${HEAD}windows:\n  - { ${fields} }`)).toEqual([says])
  })

  it('may open in leap years only', () => {
    expect(problems(`${HEAD}windows: [{ schedule: '0 0 29 2 *', duration: 24h }]`)).toEqual([])
  })
})

describe('an unknown key', () => {
  it.each([
    {
      body: 'limits:\n  inFlght: {}',
      says: '4:3: limits.inFlght: unknown key; did you mean inFlight? legal here: inFlight, perCycle, evictionsPerSecond',
    },
    { body: 'metrics: { colour: 1 }', says: '3:12: metrics.colour: unknown key; legal here: port, violatedGroupSeries' },
    { body: 'metrics: { "a b": 1 }', says: '3:12: metrics."a b": unknown key; legal here: port, violatedGroupSeries' },
  ])('$says', ({ body, says }) => {
    expect(problems(HEAD + body)).toEqual([says])
  })

  it('that belongs into another section is told which', () => {
    expect(problems(`${HEAD}coolDown: 5m`)).toEqual([
      expect.stringMatching(/^3:1: coolDown: unknown key; did you mean timing\.coolDown\? legal here: apiVersion, kind, /),
    ])
  })
})

describe('a contradiction', () => {
  it.each([
    {
      body: 'act: { namespaces: { include: [shop, data], exclude: [data] } }',
      says: '3:38: act.namespaces.include[1]: "data" is also in act.namespaces.exclude (which is [kube-system] unless given); name it in one of them',
    },
    {
      body: 'act: { namespaces: { include: [kube-system] } }',
      says: '3:32: act.namespaces.include[0]: "kube-system" is also in act.namespaces.exclude (which is [kube-system] unless given); name it in one of them',
    },
    {
      body: 'act: { namespaces: { includeSelector: "env=prod", excludeSelector: "env in (prod)" } }',
      says: '3:39: act.namespaces.includeSelector: is the same as act.namespaces.excludeSelector, which leaves nothing',
    },
    {
      body: 'act: { ownerKinds: [DaemonSet] }',
      says: '3:21: act.ownerKinds[0]: pods of a DaemonSet belong to their node and are never moved',
    },
    {
      body: 'act: { ownerKinds: [DaemonSet.apps.kruise.io] }',
      says: '3:21: act.ownerKinds[0]: pods of a DaemonSet.apps.kruise.io belong to their node and are never moved',
    },
    {
      body: 'act: { ownerKinds: [StatefulSet, Deployment] }',
      says: '3:34: act.ownerKinds[1]: found "Deployment", which owns no pods itself; did you mean ReplicaSet?',
    },
    { body: 'timing: { debounce: 40s }', says: '3:21: timing.debounce: must be shorter than timing.tick' },
    {
      body: 'timing: { evictionRequestDeadline: 10m }',
      says: '3:36: timing.evictionRequestDeadline: must be shorter than timing.replacementDeadline',
    },
  ])('$body', ({ body, says }) => {
    expect(problems(HEAD + body)).toEqual([says])
  })
})

describe('several problems', () => {
  it('are told at once, in the order of the file', () => {
    const text = `apiVersion: v1
kind: RespreadConfiguration
timing:
  debounce: 1h
  holddown: 5m
  coolDown: soon
limits:
  inFlight:
    perNode: 0
tick: 30s
`
    expect(problems(text).map(problem => problem.split(' ').slice(0, 2).join(' '))).toEqual([
      '1:13: apiVersion:',
      '5:3: timing.holddown:',
      '6:13: timing.coolDown:',
      '9:14: limits.inFlight.perNode:',
      '10:1: tick:',
    ])
  })
})
