import type { BudgetRecord, IntOrPercent } from './budget.ts'
import { readSelector } from './project-affinity.ts'
import type { RawObject } from './project-object.ts'
import { listed, type RawField } from './raw-field.ts'

export function projectBudget({ root, metadata, problems }: RawObject): BudgetRecord {
  const spec = root.at('spec')
  const status = root.at('status')
  const number = (key: string): number => status.at(key).integer() ?? 0
  return {
    kind: 'PodDisruptionBudget',
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    selector: readSelector(spec.at('selector')),
    minAvailable: readIntOrPercent(spec.at('minAvailable')),
    maxUnavailable: readIntOrPercent(spec.at('maxUnavailable')),
    unhealthyPodEvictionPolicy: spec.at('unhealthyPodEvictionPolicy').choice(['IfHealthyBudget', 'AlwaysAllow']) ?? 'IfHealthyBudget',
    generation: metadata.generation,
    status: {
      observedGeneration: number('observedGeneration'),
      disruptionsAllowed: number('disruptionsAllowed'),
      currentHealthy: number('currentHealthy'),
      desiredHealthy: number('desiredHealthy'),
      expectedPods: number('expectedPods'),
      disruptedPods: readTimes(status.at('disruptedPods')),
    },
    problems: listed(problems),
  }
}

function readIntOrPercent(field: RawField): IntOrPercent | undefined {
  if (!field.present) return undefined
  const { value } = field
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return { kind: 'int', value }
  const percent = typeof value === 'string' ? /^(\d{1,3})%$/.exec(value) : null
  if (percent !== null) return { kind: 'percent', value: Number(percent[1]) }
  field.refuse('is neither a whole number nor a percentage such as `50%`')
  return undefined
}

const NO_TIMES: ReadonlyMap<string, number> = new Map()

function readTimes(field: RawField): ReadonlyMap<string, number> {
  if (!field.present) return NO_TIMES
  const times = new Map<string, number>()
  for (const [name, entry] of field.entries()) {
    const time = entry.time()
    if (time !== undefined) times.set(name, time)
  }
  return times
}
