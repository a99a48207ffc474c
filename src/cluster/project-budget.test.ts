import { describe, expect, it } from 'vitest'
import { project } from '../../test/support/project.ts'

type Raw = Readonly<Record<string, unknown>>

const budget = (spec: Raw, status: Raw = {}): Raw => ({
  metadata: { namespace: 'shop', name: 'web', uid: 'b', generation: 2 },
  spec,
  status,
})

describe('a budget', () => {
  it('is read with what its controller last said', () => {
    const status = {
      observedGeneration: 1,
      disruptionsAllowed: 1,
      currentHealthy: 3,
      desiredHealthy: 2,
      expectedPods: 4,
      disruptedPods: { 'web-0': '2026-01-01T00:00:00Z' },
    }

    expect(
      project('PodDisruptionBudget', budget({ selector: {}, maxUnavailable: '25%', unhealthyPodEvictionPolicy: 'AlwaysAllow' }, status)),
    ).toEqual({
      kind: 'PodDisruptionBudget',
      namespace: 'shop',
      name: 'web',
      uid: 'b',
      selector: { kind: 'everything' },
      minAvailable: undefined,
      maxUnavailable: { kind: 'percent', value: 25 },
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      generation: 2,
      status: { ...status, disruptedPods: new Map([['web-0', Date.parse('2026-01-01T00:00:00Z')]]) },
      problems: [],
    })
  })

  it('without a selector matches nothing, and without a status allows nothing', () => {
    const read = project('PodDisruptionBudget', budget({ minAvailable: 1 }))

    expect(read).toMatchObject({
      selector: { kind: 'nothing' },
      minAvailable: { kind: 'int', value: 1 },
      unhealthyPodEvictionPolicy: 'IfHealthyBudget',
      status: { observedGeneration: 0, disruptionsAllowed: 0 },
    })
  })

  it.each<[string, Raw, string]>([
    ['minAvailable', { minAvailable: '2' }, 'spec.minAvailable: `2` is neither a whole number nor a percentage such as `50%`'],
    ['negative amount', { maxUnavailable: -1 }, 'spec.maxUnavailable: `-1` is neither a whole number nor a percentage such as `50%`'],
    ['percentage', { maxUnavailable: '1.5%' }, 'spec.maxUnavailable: `1.5%` is neither a whole number nor a percentage such as `50%`'],
    [
      'policy',
      { unhealthyPodEvictionPolicy: 'Ask' },
      'spec.unhealthyPodEvictionPolicy: `Ask` is not legal; legal are IfHealthyBudget, AlwaysAllow',
    ],
  ])('with a broken %s says so', (_, spec, problem) => {
    expect(project('PodDisruptionBudget', budget(spec)).problems).toEqual([problem])
  })
})
