import { describe, expect, it } from 'vitest'
import { project } from '../../test/support/project.ts'

describe('the small kinds', () => {
  it('a Namespace', () => {
    const metadata = { name: 'shop', labels: { team: 'a' }, annotations: { 'respread.io/evict': 'false', other: 'x' } }

    expect(project('Namespace', { metadata })).toEqual({
      kind: 'Namespace',
      name: 'shop',
      labels: new Map([
        ['team', 'a'],
        ['kubernetes.io/metadata.name', 'shop'],
      ]),
      annotations: new Map([['respread.io/evict', 'false']]),
    })
  })

  it('a Namespace without labels, which has the one with its name for the API server all the same', () => {
    const namespace = project('Namespace', { metadata: { name: 'shop' } })

    expect(namespace.labels).toEqual(new Map([['kubernetes.io/metadata.name', 'shop']]))
  })

  it('a Service, with or without a selector', () => {
    const metadata = { namespace: 'shop', name: 'web' }

    expect(project('Service', { metadata, spec: { selector: { app: 'web' } } }).selector).toEqual(new Map([['app', 'web']]))
    expect(project('Service', { metadata, spec: {} }).selector).toBeUndefined()
  })

  it('a PriorityClass', () => {
    expect(project('PriorityClass', { metadata: { name: 'high' }, value: 1000, globalDefault: true, preemptionPolicy: 'Never' })).toEqual({
      kind: 'PriorityClass',
      name: 'high',
      value: 1000,
      globalDefault: true,
      preemptionPolicy: 'Never',
    })
  })

  it('a HorizontalPodAutoscaler', () => {
    const raw = {
      metadata: { namespace: 'shop', name: 'web' },
      spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, maxReplicas: 9 },
      status: { lastScaleTime: '2026-01-01T00:00:00Z' },
    }

    expect(project('HorizontalPodAutoscaler', raw)).toEqual({
      kind: 'HorizontalPodAutoscaler',
      namespace: 'shop',
      name: 'web',
      target: { kind: 'Deployment', name: 'web' },
      minReplicas: 1,
      maxReplicas: 9,
      lastScaleAt: Date.parse('2026-01-01T00:00:00Z'),
    })
  })

  it('a ResourceClaim', () => {
    expect(project('ResourceClaim', { metadata: { namespace: 'shop', name: 'gpu' } })).toEqual({
      kind: 'ResourceClaim',
      namespace: 'shop',
      name: 'gpu',
    })
  })
})
