import type { EffectiveConstraint } from '../scheduling/scheduler-model.ts'
import type { Policy } from './policy.ts'
import type { Veto } from './reasons.ts'

/** Why the policy has a constraint reported and not acted on; undefined when it is acted on. */
export function notActedOn(
  { topologyKey, whenUnsatisfiable, origin }: Pick<EffectiveConstraint, 'topologyKey' | 'whenUnsatisfiable' | 'origin'>,
  { topologyKeys, constraints }: Policy,
): Veto | undefined {
  if (topologyKeys.length > 0 && !topologyKeys.includes(topologyKey)) {
    return { reason: 'TopologyKeyNotEnabled', message: `the configuration acts on ${topologyKeys.join(', ')} only` }
  }
  switch (origin) {
    case 'antiAffinity':
      return constraints.softAntiAffinity
        ? undefined
        : { reason: 'AntiAffinityNotEnabled', message: 'soft anti-affinity is reported and not acted on' }
    case 'default':
      return constraints.clusterDefaults
        ? undefined
        : { reason: 'ClusterDefaultsNotEnabled', message: 'cluster default constraints are reported and not acted on' }
    case 'pod':
      if (whenUnsatisfiable === 'DoNotSchedule') {
        return constraints.hard ? undefined : { reason: 'HardNotEnabled', message: 'acting on DoNotSchedule is switched off' }
      }
      return constraints.soft ? undefined : { reason: 'SoftNotEnabled', message: 'acting on ScheduleAnyway is switched off' }
  }
}
