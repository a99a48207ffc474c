import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Command } from 'commander'
import { addOnce } from '../src/commands/once.ts'
import { addRun } from '../src/commands/run.ts'
import { DEFAULT_CONFIGURATION, parseConfiguration } from '../src/configuration/parse-configuration.ts'
import { permissionsToRun } from '../src/kubernetes/permissions.ts'
import { CLUSTER_RESOURCES } from '../src/kubernetes/resources.ts'
import { build, objectsIn, podTemplate } from './support/kustomize.ts'
import type { Manifest } from './support/kustomize.ts'

const OVERLAYS = ['deployment', 'cronjob', 'dry-run'] as const
const DELETION_COSTS = 'manifests/components/deletion-costs'

const overlay = (name: (typeof OVERLAYS)[number]): readonly Manifest[] => build(`manifests/overlays/${name}`)

const configMapOf = (objects: readonly Manifest[]): Manifest => objects.find(({ kind }) => kind === 'ConfigMap')
const find = (objects: readonly Manifest[], kind: string, name = 'respread'): Manifest =>
  objects.find(object => object.kind === kind && object.metadata.name === name)

/** `apps/deployments get`: everything that the rules of a role allow. */
const allowed = (role: Manifest): readonly string[] =>
  role.rules.flatMap(({ apiGroups, resources, verbs }: Manifest) =>
    apiGroups.flatMap((group: string) =>
      resources.flatMap((resource: string) => verbs.map((verb: string) => `${group}/${resource} ${verb}`)),
    ),
  )

describe('every file', () => {
  it.each(globSync('manifests/**/*.yaml').sort())('%s is one or more objects', path => {
    for (const object of objectsIn(path)) expect(object).toMatchObject({ apiVersion: expect.any(String), kind: expect.any(String) })
  })

  it('is part of an overlay, or of the component that may be added to one', () => {
    const built = [...OVERLAYS.flatMap(name => overlay(name)), ...build(DELETION_COSTS)]
    const used = new Set(built.map(({ kind, metadata }) => `${kind} ${metadata.name}`))
    const written = globSync('manifests/**/*.yaml')
      .flatMap(objectsIn)
      .filter(({ kind }) => !['Kustomization', 'Component', 'RespreadConfiguration'].includes(kind))
    for (const { kind, metadata } of written) expect(used).toContain(`${kind} ${metadata.name}`)
  })
})

describe('the configuration of the ConfigMap', () => {
  it('spells out the defaults', () => {
    const { data } = configMapOf(overlay('deployment'))
    expect(parseConfiguration(data['respread.yaml'], 'respread.yaml')).toEqual({ ok: true, configuration: DEFAULT_CONFIGURATION })
  })

  it('names every setting there is', () => {
    const schema: Manifest = JSON.parse(readFileSync('manifests/respread-configuration.schema.json', 'utf8'))
    const text: string = configMapOf(overlay('deployment')).data['respread.yaml']
    const keysOf = ({ properties = {} }: Manifest): readonly string[] =>
      Object.entries<Manifest>(properties).flatMap(([key, child]) => [key, ...keysOf(child)])
    for (const key of keysOf(schema)) expect(text).toMatch(new RegExp(`^[# ]*${key}:`, 'm'))
  })
})

describe('what respread may do', () => {
  it('is to read what it watches and to tell events, all over the cluster', () => {
    const watched = CLUSTER_RESOURCES.flatMap(({ group, plural }) => ['list', 'watch'].map(verb => `${group}/${plural} ${verb}`))
    const expected = [...watched, 'events.k8s.io/events create']
    expect([...allowed(find(overlay('deployment'), 'ClusterRole'))].sort()).toEqual(expected.sort())
  })

  it.each(['deployment', 'cronjob'] as const)('is, as %s, to evict, and nothing else to pods', name => {
    expect(allowed(find(overlay(name), 'ClusterRole', 'respread-eviction'))).toEqual(['/pods/eviction create'])
  })

  it('is, in a dry run, not to evict, also where another overlay has allowed it before', () => {
    expect(find(overlay('dry-run'), 'ClusterRole', 'respread-eviction').rules).toEqual([])
    const roles = overlay('dry-run').filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role')
    expect(roles.flatMap(allowed).filter(permission => permission.includes('eviction'))).toEqual([])
    expect(find(overlay('dry-run'), 'ClusterRoleBinding', 'respread-eviction')).toBeUndefined()
  })

  it('is to get and patch pods only with the component for deletion costs, which brings nothing else', () => {
    const account = find(overlay('deployment'), 'ServiceAccount').metadata
    const [role, binding, ...rest] = build(DELETION_COSTS)
    expect(rest).toEqual([])
    expect(allowed(role)).toEqual(['/pods get', '/pods patch'])
    expect(binding).toMatchObject({
      kind: 'ClusterRoleBinding',
      roleRef: { kind: role.kind, name: role.metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: account.name, namespace: account.namespace }],
    })
    for (const name of OVERLAYS) {
      const roles = overlay(name).filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role')
      expect(roles.flatMap(allowed).filter(permission => /^\/pods (?:get|patch|update|delete)/.test(permission))).toEqual([])
    }
  })

  it('is, with that component, all that switching deletion costs on asks for at the start', () => {
    const identity = { namespace: 'respread', leaseName: 'respread', historyName: 'respread-history', dryRun: false }
    const asked = (deletionCosts: boolean): readonly string[] =>
      permissionsToRun({ ...identity, deletionCosts }).map(
        ({ verb, group, resource, subresource }) => `${group}/${resource}${subresource === undefined ? '' : `/${subresource}`} ${verb}`,
      )
    const more = new Set(asked(true)).difference(new Set(asked(false)))
    expect(more).toContain('/pods patch')
    const granted = new Set([
      ...allowed(find(overlay('deployment'), 'ClusterRole')),
      ...build(DELETION_COSTS).flatMap(({ rules = [] }) => allowed({ rules })),
    ])
    for (const permission of more) expect(granted).toContain(permission)
  })

  it('is to keep its own lease and history, by name', () => {
    const { leaseName } = DEFAULT_CONFIGURATION.leaderElection
    const { rules } = find(overlay('deployment'), 'Role')
    expect(rules).toEqual([
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], resourceNames: [leaseName], verbs: ['get', 'update'] },
      { apiGroups: [''], resources: ['configmaps'], verbs: ['create'] },
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['respread-history'], verbs: ['get', 'update'] },
    ])
  })
})

describe.each(OVERLAYS)('the overlay %s', name => {
  const objects = overlay(name)
  const workload = objects.find(object => podTemplate(object) !== undefined)
  const template = podTemplate(workload)
  const [container] = template.spec.containers

  it('binds every role to the account that its pods run as', () => {
    const account = find(objects, 'ServiceAccount')
    expect(template.spec.serviceAccountName).toBe(account.metadata.name)
    for (const { roleRef, subjects } of objects.filter(({ kind }) => kind.endsWith('Binding'))) {
      expect(find(objects, roleRef.kind, roleRef.name)).toBeDefined()
      expect(subjects).toEqual([{ kind: 'ServiceAccount', name: account.metadata.name, namespace: account.metadata.namespace }])
    }
  })

  it('puts everything into its own namespace', () => {
    const clusterWide = new Set(['Namespace', 'ClusterRole', 'ClusterRoleBinding'])
    const namespace = find(objects, 'Namespace').metadata.name
    for (const { kind, metadata } of objects) expect(metadata.namespace).toBe(clusterWide.has(kind) ? undefined : namespace)
  })

  it('mounts the configuration where its argument says', () => {
    const [volume] = template.spec.volumes
    const [mount] = container.volumeMounts
    const [file] = Object.keys(find(objects, 'ConfigMap', volume.configMap.name).data)
    expect(mount.name).toBe(volume.name)
    expect(container.args).toContain(`--config=${mount.mountPath}/${file}`)
  })

  it('runs without privileges, as the namespace demands', () => {
    expect(find(objects, 'Namespace').metadata.labels).toEqual({ 'pod-security.kubernetes.io/enforce': 'restricted' })
    expect(template.spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
  })

  it('runs on nodes that have the system of its image', () => {
    expect(template.spec.nodeSelector).toEqual({ 'kubernetes.io/os': 'linux' })
  })

  it('gives Node three quarters of its memory', () => {
    const { value } = container.env.find((variable: Manifest) => variable.name === 'NODE_OPTIONS')
    const limit = Number.parseInt(container.resources.limits.memory, 10)
    expect(value).toBe(`--max-old-space-size=${limit * 0.75}`)
  })

  it('starts a command with flags that it knows', () => {
    const program = new Command()
    addRun(program, () => {})
    addOnce(program, () => {})
    const [name, ...flags]: readonly string[] = container.args
    const command = program.commands.find(candidate => candidate.name() === name)
    const known = command?.options.map(option => option.long)
    for (const flag of flags) expect(known).toContain(flag.split('=')[0])
  })

  it('runs the image of this version', () => {
    const { version }: Manifest = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(container.image).toBe(`respread:${version}`)
  })
})

describe('the Deployment', () => {
  const objects = overlay('deployment')
  const { spec } = find(objects, 'Deployment')
  const { labels } = spec.template.metadata

  it('has more than one replica, protected and spread by its own labels', () => {
    expect(spec.replicas).toBeGreaterThan(1)
    const selectors = [
      spec.selector,
      find(objects, 'PodDisruptionBudget').spec.selector,
      ...spec.template.spec.topologySpreadConstraints.map((constraint: Manifest) => constraint.labelSelector),
    ]
    for (const { matchLabels } of selectors) expect(labels).toMatchObject(matchLabels)
  })

  it('probes the port that the configuration opens', () => {
    const [container] = spec.template.spec.containers
    const { port } = DEFAULT_CONFIGURATION.metrics
    expect(container.ports).toEqual([{ name: 'http', containerPort: port }])
    expect(container.livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'http' })
    expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'http' })
    expect(spec.template.metadata.annotations['prometheus.io/port']).toBe(String(port))
  })

  it('leaves more time to stop than an eviction request may take', () => {
    const { evictionRequestDeadline } = DEFAULT_CONFIGURATION.loop
    expect(spec.template.spec.terminationGracePeriodSeconds * 1000).toBeGreaterThan(evictionRequestDeadline)
  })
})
